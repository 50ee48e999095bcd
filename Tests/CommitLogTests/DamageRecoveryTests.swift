import RecordFormat
import Testing

@testable import CommitLog

/// What was not flushed when the process ended, and is damaged.
@Suite struct `Recovery of a damaged log` {
    /// Twelve batches of one record in four segments.
    private func damaged() throws -> DamagedLog {
        let log = try TestLog(["segment.bytes": "300", "index.interval.bytes": "150"])
        for index in 0..<12 {
            try log.partition.append(bytes: TestLog.hundred(testTimeMs + Int64(index)))
        }
        return try DamagedLog(log)
    }

    @Test func `serves all but the batch with a flipped bit, in whatever segment it is`() throws {
        let damaged = try damaged()
        for (index, batch) in damaged.batches.enumerated() {
            for position in batch.range.lowerBound..<batch.range.lowerBound + 70 {
                let bit = UInt8(1 << (position % 8))
                try damaged.start { damaged.flip(batch.segment, at: position, bit: bit) }
                // The checksum does not cover the leader epoch, and no record depends on it.
                let isCovered = !(12..<16).contains(position - batch.range.lowerBound)
                let comment: Comment = "bit \(bit) at \(position) of \(batch.segment)"
                #expect(
                    try damaged.log.partition.records().map(\.offset)
                        == damaged.offsets(without: isCovered ? [index] : []), comment)
                #expect(damaged.log.recovery.complaints.isEmpty == !isCovered, comment)
                let isEnd = index == damaged.batches.count - 1 && isCovered
                #expect(damaged.log.partition.logEndOffset == Offset(isEnd ? 11 : 12), comment)
            }
        }
    }

    @Test func `serves what is left of a segment that was cut short, and what comes behind`() throws
    {
        let damaged = try damaged()
        for end in stride(from: 0, through: 300, by: 7) {
            try damaged.start {
                writeFile(damaged.log.file(3, ".log"), Array((damaged.files[3] ?? []).prefix(end)))
            }
            let lost = (0..<3).filter { ($0 + 1) * 100 > end }.map { $0 + 3 }
            #expect(
                try damaged.log.partition.records().map(\.offset)
                    == damaged.offsets(without: Set(lost)), "\(end)")
            #expect(damaged.log.recovery.gaps.map(\.endOffset) == (lost.isEmpty ? [] : [Offset(6)]))
            #expect(try damaged.log.partition.append("next").baseOffset == Offset(12))
        }
    }

    @Test(arguments: [0, 3, 6, 9] as [Int64])
    func `serves what comes behind a segment that is missing`(segment: Int64) throws {
        let damaged = try damaged()
        try damaged.start { removeTreeEntry(damaged.log.file(segment, ".log")) }
        let lost = Set((0..<3).map { Int(segment) + $0 })
        #expect(
            try damaged.log.partition.records().map(\.offset) == damaged.offsets(without: lost))
        // At the log's ends nobody knows what was there.
        let isBetween = segment == 3 || segment == 6
        #expect(damaged.log.recovery.gaps.count == (isBetween ? 1 : 0))
    }

    @Test func `keeps the file that it took damaged bytes from, and says so`() throws {
        let damaged = try damaged()
        try damaged.start { damaged.flip(3, at: 165, bit: 4) }
        let name = "00000000000000000003.log.aside"
        #expect(damaged.asideNames == [name])
        let kept = readFile("\(damaged.log.partitionPath)/\(name)")
        #expect(kept == damaged.files[3].map { changed($0, at: 165, bit: 4) })
        #expect(damaged.log.recovery.aside.map(\.path) == ["\(damaged.log.partitionPath)/\(name)"])
        let complaints = damaged.log.recovery.complaints
        #expect(complaints.count == 2)
        #expect(complaints[0].hasPrefix("orders-0: offsets 4 up to 5, exclusive, are missing: "))
        #expect(complaints[0].contains("00000000000000000003.log is corrupt at position 100"))
        #expect(complaints[1].contains(name))
        // A second one of the name does not replace the first.
        try damaged.log.crash {
            writeFile("\(damaged.log.path)/recovery-point-offset-checkpoint", Array("0\n0\n".utf8))
            damaged.flip(3, at: 65, bit: 4)
        }
        #expect(damaged.asideNames == [name, name + ".2"])
        #expect(readFile("\(damaged.log.partitionPath)/\(name)") == kept)
    }

    @Test func `finds once what is missing, and serves it likewise ever after`() throws {
        let damaged = try damaged()
        try damaged.start {
            damaged.flip(3, at: 165, bit: 4)
            damaged.flip(9, at: 165, bit: 4)
        }
        let offsets = damaged.offsets(without: [4, 10])
        #expect(damaged.log.partition.flushedOffset == Offset(12))
        try damaged.log.partition.append("next")
        for _ in 0..<2 {
            try damaged.log.crash()
            #expect(try damaged.log.partition.records().map(\.offset) == offsets + [12])
            #expect(damaged.log.recovery.complaints == [])
            #expect(damaged.asideNames.count == 2)
        }
    }

    @Test func `a page of zeros costs the batches that were on it`() throws {
        let log = try TestLog(["segment.bytes": "100000"])
        for index in 0..<30 {
            try log.partition.append(bytes: batch(byteCount: 3000 + index))
        }
        let damaged = try DamagedLog(log)
        for page in 0..<20 {
            let zeros = page * 4096..<(page + 1) * 4096
            try damaged.start {
                var bytes = damaged.files[0] ?? []
                bytes.replaceSubrange(zeros, with: [UInt8](repeating: 0, count: 4096))
                writeFile(log.file(0, ".log"), bytes)
            }
            let lost = damaged.batches.indices.filter { damaged.batches[$0].range.overlaps(zeros) }
            #expect(
                try log.partition.records().map(\.offset) == damaged.offsets(without: Set(lost)))
            #expect(log.recovery.gaps.count == 1)
        }
    }

    @Test func `does not take a batch within a damaged record for one of the log`() throws {
        let log = try TestLog()
        let inner = batch(["inner"])
        var builder = try RecordBatchBuilder(batchSize: 4 << 20)
        _ = builder.append(timestamp: testTimeMs, key: nil, value: inner)
        try builder.seal()
        try log.partition.append("0")
        try log.partition.append(bytes: unsafe Array(builder.sealedBytes))
        try log.partition.append("2")
        let damaged = try DamagedLog(log)
        // The inner batch begins at offset 0, which has been.
        try damaged.start {
            damaged.flip(0, at: damaged.batches[1].range.lowerBound + 20, bit: 1)
        }
        #expect(try log.partition.records().map(\.value) == ["0", "2"])
    }

    @Test(arguments: [false, true])
    func `keeps what comes behind a gap out of sight where a transaction was open there`(
        isOpen: Bool
    ) throws {
        let log = try TestLog(["segment.bytes": "1000"])
        var writer = TransactionWriter()
        try writer.write(1, to: log.partition)
        if !isOpen { try writer.end(1, isCommit: false, in: log.partition) }
        let lost = log.partition.logEndOffset.rawValue
        if isOpen {
            try writer.end(1, isCommit: false, in: log.partition)
        } else {
            try writer.write(2, to: log.partition, isTransactional: false)
        }
        for _ in 0..<30 { try writer.write(2, to: log.partition, isTransactional: false) }
        // Were it served, this marker would commit what was aborted.
        try writer.write(1, to: log.partition)
        try writer.end(1, isCommit: true, in: log.partition)
        let damaged = try DamagedLog(log)
        let index = try #require(damaged.batches.firstIndex { $0.offsets.contains(lost) })
        let place = damaged.batches[index]
        try damaged.start { damaged.flip(place.segment, at: place.range.upperBound - 1, bit: 1) }
        if isOpen {
            #expect(log.partition.logEndOffset == Offset(lost))
            #expect(log.partition.openTransactions.map(\.firstOffset) == [.zero])
            #expect(damaged.asideNames.count >= damaged.files.count)
            #expect(log.recovery.complaints.contains { $0.contains("a transaction was open") })
            // Nothing is lost: what is kept is what was there.
            let kept = damaged.asideNames.filter { !$0.hasSuffix(".2") }.flatMap {
                readFile("\(log.partitionPath)/\($0)")
            }
            #expect(kept.count == damaged.files.values.reduce(0) { $0 + $1.count })
        } else {
            #expect(log.partition.logEndOffset == Offset(damaged.endOffset))
            #expect(log.recovery.gaps.map(\.startOffset) == [Offset(lost)])
            #expect(
                log.partition.abortedTransactions(
                    from: .zero, below: log.partition.lastStableOffset
                ).map(\.firstOffset) == [.zero])
        }
    }
}

/// Any damage above a recovery point, against a list of batches.
@Suite struct `Recovery from any damage` {
    @Test(arguments: 0..<40 as Range<UInt64>)
    func `serves every batch whose bytes are whole`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let log = try TestLog(["segment.bytes": "2000", "index.interval.bytes": "300"])
        for index in 0..<Int.random(in: 5...60, using: &random) {
            let values = (0..<Int.random(in: 1...4, using: &random)).map { "\(index)-\($0)" }
            try log.partition.append(
                bytes: batch([String(repeating: "x", count: index * 5)] + values))
        }
        let damaged = try DamagedLog(log)
        let all = damaged.batches
        var hit: Set<Int> = []
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let index = Int.random(in: all.indices, using: &random)
            // Two damaged neighbours may vouch for each other.
            if hit.isDisjoint(with: [index - 1, index, index + 1]) { hit.insert(index) }
        }
        let recoveryPoint = Int64.random(
            in: 0...(hit.map { all[$0].segment }.min() ?? 0), using: &random)
        try damaged.start(recoveryPoint: recoveryPoint) {
            for index in hit { damage(all[index], in: damaged, &random) }
        }
        let expected = damaged.offsets(without: hit)
        let last = all.indices.last { !hit.contains($0) }.map { all[$0].offsets.upperBound } ?? 0
        let comment: Comment = "seed \(seed): \(hit.sorted())"
        let end = max(last, damaged.lastSegment)
        for _ in 0..<2 {
            #expect(log.partition.logEndOffset == Offset(end), comment)
            #expect(try log.partition.records().map(\.offset) == expected, comment)
            #expect(
                try log.partition.records(maxBytes: 200).map(\.offset) == expected, comment)
            try log.crash()
        }
        #expect(try log.partition.append("next").baseOffset == Offset(end), comment)
        try log.crash()
        #expect(try log.partition.records().map(\.offset) == expected + [end], comment)
    }

    /// Whatever is damaged but the leader epoch, which nothing depends on.
    private func damage(
        _ batch: DamagedLog.Batch, in damaged: DamagedLog, _ random: inout SeededGenerator
    ) {
        var bytes = readFile(damaged.log.file(batch.segment, ".log"))
        let start = batch.range.lowerBound
        let positions = (0..<batch.range.count).filter { !(12..<16).contains($0) }
        switch Int.random(in: 0..<3, using: &random) {
        case 0:
            let position = positions.randomElement(using: &random) ?? 0
            bytes[start + position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1:
            let from = Int.random(in: 16..<batch.range.count - 1, using: &random)
            for position in from..<batch.range.count {
                bytes[start + position] = UInt8.random(in: 0...255, using: &random)
            }
        default:
            for position in batch.range { bytes[position] = 0 }
        }
        writeFile(damaged.log.file(batch.segment, ".log"), bytes)
    }
}
