import RecordFormat
import Synchronization
import Testing

@testable import CommitLog

/// What somebody does to the files of a log that is open. Readers and look-ups are told of it; what is sound
/// is served; and nothing but what is in a file is promised.
@Suite struct `A log whose files are damaged while it is open` {
    /// Where the segments come from: a log that was opened looks more closely at what it finds.
    enum Origin: CaseIterable {
        case appendedNow, foundAtTheStart
    }

    /// Eighty batches of one record and 3,000 bytes, a millisecond apart; twenty a segment, the last of
    /// which is the active one.
    private struct Log {
        static let batchByteCount = 3000
        static let segmentBatchCount: Int64 = 20
        static let end: Int64 = 80

        let log: TestLog

        init(_ origin: Origin) throws {
            log = try TestLog([
                "segment.bytes": "\(20 * Self.batchByteCount)", "index.interval.bytes": "4000",
            ])
            for index in 0..<Self.end {
                try log.partition.append(
                    bytes: batch(byteCount: Self.batchByteCount, timestamp: testTimeMs + index))
            }
            // The indexes of sealed segments are then in their files.
            log.directory.performMaintenance()
            if origin == .foundAtTheStart { try log.restart() }
        }

        func path(_ segment: Int64, _ suffix: String = ".log") -> String {
            log.file(segment * Self.segmentBatchCount, suffix)
        }

        /// The base offset of what a reader of the offset gets, nil where he is told of damage. A slice is
        /// in its file, whatever was asked for.
        func read(_ offset: Int64, maxBytes: Int) throws -> Int64? {
            do {
                let slice = try log.partition.read(from: Offset(offset), maxBytes: maxBytes)
                guard let slice else { return nil }
                let fileByteCount = try slice.file.file.byteCount()
                #expect(slice.position + slice.byteCount <= fileByteCount)
                #expect(slice.byteCount >= Self.batchByteCount)
                return slice.baseOffset.rawValue
            } catch LogError.corrupt {
                return nil
            }
        }

        func find(_ timestamp: Int64) throws -> Int64? {
            do {
                return try log.partition.offset(forTimestamp: timestamp)?.offset.rawValue
            } catch LogError.corrupt {
                return nil
            }
        }
    }

    @Test(
        arguments: [0, 1, 30, 61, 3000, 3001, 31_500, 57_000, 58_000, 59_999] as [Int],
        Origin.allCases)
    func `serves what is left of a segment that is cut short, and tells of the rest`(
        cut: Int, origin: Origin
    ) throws {
        for segment: Int64 in [1, 3] {
            let log = try Log(origin)
            try File(log.path(segment), .update).truncate(to: cut)
            let first = segment * Log.segmentBatchCount
            let lost = first + Int64(cut / Log.batchByteCount)..<first + Log.segmentBatchCount
            for offset in 0..<Log.end {
                for maxBytes in [1, 10_000, 1 << 20] {
                    let found = try log.read(offset, maxBytes: maxBytes)
                    #expect(found == (lost.contains(offset) ? nil : offset), "\(offset) \(segment)")
                }
                let found = try log.find(testTimeMs + offset)
                if lost.contains(offset) {
                    // By time what is left may be the answer.
                    #expect(found == nil || found == lost.upperBound)
                } else {
                    #expect(found == offset)
                }
            }
            _ = try? log.log.partition.offsetOfMaxTimestamp()
        }
    }

    @Test(arguments: [0, 1, 10, 18, 19], Origin.allCases)
    func `serves what stands around zeros in the middle of a segment`(
        batch: Int, origin: Origin
    ) throws {
        for (from, count) in [(0, 61), (0, Log.batchByteCount), (8, 4), (1000, 4096)] {
            let log = try Log(origin)
            let zeros = [UInt8](repeating: 0, count: count)
            let position = batch * Log.batchByteCount + from
            try File(log.path(1), .update)
                .write(Array(zeros.prefix(60_000 - position)), at: position)
            let first = 20 + Int64(batch)
            let hit = first...min(first + Int64((from + count - 1) / Log.batchByteCount), 39)
            for offset in 0..<Log.end {
                for maxBytes in [1, 10_000, 1 << 20] {
                    let found = try log.read(offset, maxBytes: maxBytes)
                    // What no checksum is asked for is the reader's to find.
                    #expect(found == offset || (hit.contains(offset) && found == nil), "\(offset)")
                }
                let found = try log.find(testTimeMs + offset)
                #expect(found == offset || (20..<40).contains(offset), "\(offset)")
            }
        }
    }

    @Test(arguments: [".index", ".timeindex"], Origin.allCases)
    func `finds everything though an index is cut, gone or filled with anything`(
        suffix: String, origin: Origin
    ) throws {
        var random = SeededGenerator(seed: 5)
        for change in 0..<5 {
            let log = try Log(origin)
            let path = log.path(1, suffix)
            let bytes = readFile(path)
            #expect(bytes.count > 50)
            switch change {
            case 0: try File(path, .update).truncate(to: bytes.count - 1)
            case 1: try File(path, .update).truncate(to: 0)
            case 2: try removeFile(path)
            case 3: try File(path, .update).write(bytes.map { ~$0 }, at: 0)
            default:
                try File(path, .update)
                    .write(bytes.map { _ in UInt8.random(in: 0...255, using: &random) }, at: 0)
            }
            for offset in 0..<Log.end {
                #expect(try log.read(offset, maxBytes: 1) == offset, "\(offset) \(change)")
                #expect(try log.find(testTimeMs + offset) == offset, "\(offset) \(change)")
            }
        }
    }

    @Test func `tells or serves its readers while a file is cut and put back`() throws {
        let log = try Log(.appendedNow)
        let (partition, path) = (log.log.partition, log.path(1))
        let whole = readFile(path)
        let isOver = Atomic(false)
        let failures = LockedValue<[String]>([])
        let nextReader = Atomic<UInt64>(0)
        runConcurrently(threadCount: 4) {
            let reader = nextReader.add(1, ordering: .relaxed).oldValue
            var random = SeededGenerator(seed: reader)
            if reader == 0 {
                for _ in 0..<200 {
                    let cut = Int.random(in: 0..<whole.count, using: &random)
                    try? File(path, .update).truncate(to: cut)
                    try? File(path, .update).write(whole, at: 0)
                }
                return isOver.store(true, ordering: .releasing)
            }
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 8)
            defer { unsafe buffer.deallocate() }
            while !isOver.load(ordering: .acquiring) {
                do throws(LogError) {
                    let offset = Int64.random(in: 0..<Log.end, using: &random)
                    let slice = try partition.read(
                        from: Offset(offset), maxBytes: [1, 20_000, 1 << 20][Int(offset % 3)])
                    try unsafe slice?.copy(to: buffer)
                    _ = try partition.offset(forTimestamp: testTimeMs + offset)
                    _ = try partition.offsetOfMaxTimestamp()
                } catch {
                    if case .corrupt = error { continue }
                    failures.change { $0.append("\(error)") }
                }
            }
        }
        #expect(failures.value == [])
        #expect(try partition.records(maxBytes: 10_000).count == Int(Log.end))
    }

    /// A chunk of the walk ends before the cut or behind it.
    @Test func `is walked to the first batch that is not whole, wherever its file ends`() throws {
        let temporary = TemporaryDirectory()
        let path = temporary.path + "/0.log"
        let bytes = (0..<10).flatMap { index -> [UInt8] in
            var bytes = batch(byteCount: 200)
            unsafe bytes.withUnsafeMutableBytes {
                unsafe RecordBatchHeader.patch(
                    baseOffset: Offset(Int64(index)), leaderEpoch: LeaderEpoch(0), in: $0)
            }
            return bytes
        }
        let cuts = stride(from: 0, to: bytes.count, by: 50).flatMap { [$0, $0 + 1, $0 + 49] }
        for cut in cuts + [bytes.count] {
            writeFile(path, Array(bytes[..<cut]))
            for chunkByteCount in [61, 256, 1000, 1 << 20] {
                var batches = SoundBatches(
                    try SegmentFile(path, .read), from: 0, to: bytes.count, nextOffset: .zero,
                    bounds: SoundBatchSearch.Bounds(baseOffset: .zero), trust: .headers,
                    chunkByteCount: chunkByteCount)
                var ends: [Int] = []
                var damage: Range<Int>?
                while let step = try batches.next() {
                    switch step {
                    case .batch(let header, let position):
                        ends.append(position + header.sizeInBytes)
                    case .damage(let found): damage = found.range
                    }
                }
                #expect(ends == (0..<cut / 200).map { ($0 + 1) * 200 }, "\(cut)")
                #expect(damage == (cut < bytes.count ? cut / 200 * 200..<bytes.count : nil))
            }
        }
    }
}
