import Glibc
import RecordFormat
import Testing

@testable import CommitLog

/// Only where the filesystem can take space ahead, as ext4, XFS, btrfs and tmpfs can.
@Suite(.enabled(if: spaceCanBeReserved(), "this filesystem takes no space ahead"))
struct `Space that is taken ahead of appends` {
    private static let batchByteCount = 64 << 10
    /// Blocks, and what the filesystem adds to a file.
    private static let slack = 128 << 10

    private func allocated(_ log: TestLog, _ base: Int64 = 0) throws -> Int {
        try #require(try fileStatus(log.file(base, ".log"))).allocatedByteCount
    }

    private func append(_ count: Int, to log: TestLog) throws {
        for _ in 0..<count {
            try log.partition.append(bytes: batch(byteCount: Self.batchByteCount))
        }
    }

    @Test func `is none for a small segment, and as much again for a larger one`() throws {
        let log = try TestLog([:])
        try append(4, to: log)
        #expect(try allocated(log) <= 4 * Self.batchByteCount + Self.slack)
        try append(1, to: log)
        let byteCount = 5 * Self.batchByteCount
        #expect(try allocated(log) >= byteCount + 3 * Self.batchByteCount)
        #expect(try allocated(log) <= 2 * byteCount + Self.slack)
        #expect(readFile(log.file(0, ".log")).dropFirst(byteCount).allSatisfy { $0 == 0 })
    }

    @Test func `ends with the segment, and is given back when it is sealed`() throws {
        let log = try TestLog(["segment.bytes": "\(10 * Self.batchByteCount)"])
        try append(9, to: log)
        #expect(try allocated(log) <= 10 * Self.batchByteCount + Self.slack)
        let bytes = batch(byteCount: 2 * Self.batchByteCount)
        try log.partition.append(bytes: bytes)
        #expect(log.partition.segmentCount == 2)
        #expect(try allocated(log) <= 9 * Self.batchByteCount + Self.slack)
        #expect(try log.partition.records().count == 10)
    }

    @Test func `is given back on closing, and after a kill on the next start`() throws {
        let log = try TestLog([:])
        try append(10, to: log)
        #expect(try allocated(log) >= 15 * Self.batchByteCount)
        try log.crash()
        #expect(try allocated(log) <= 10 * Self.batchByteCount + Self.slack)
        try append(1, to: log)
        #expect(try allocated(log) >= 15 * Self.batchByteCount)
        try log.restart {
            let left = try allocated(log)
            #expect(left <= 11 * Self.batchByteCount + Self.slack)
        }
        #expect(try log.partition.records().count == 11)
    }
}

@Suite(.enabled(if: spaceCanBeReserved(), "this filesystem takes no space ahead"))
struct `Zeros that are written ahead of appends` {
    private static let batchByteCount = 40_000
    private static let step = SpaceReservation.zeroingStep

    private func log(batches count: Int, _ config: [String: String] = [:]) throws -> TestLog {
        let log = try TestLog(config)
        for _ in 0..<count {
            try log.partition.append(bytes: batch(byteCount: Self.batchByteCount))
        }
        return log
    }

    private func fileByteCount(_ log: TestLog, _ base: Int64 = 0) -> Int {
        readFile(log.file(base, ".log")).count
    }

    /// How many zeros `weir dump-log` would speak of; nil where it finds none.
    private func unusedByteCount(_ log: TestLog) throws -> Int? {
        var dump = try SegmentDump(path: log.file(0, ".log"))
        while let entry = try dump.next() {
            switch entry {
            case .batch(let batch): #expect(batch.isValid)
            case .unused(_, let byteCount): return byteCount
            case .damage(_, _, let reason): Issue.record("\(reason)")
            }
        }
        return nil
    }

    @Test func `begin with a large segment, reach to the next step, and are no record's`() throws {
        let log = try log(batches: 7)
        #expect(fileByteCount(log) == 7 * Self.batchByteCount)
        for count in 8...20 {
            try log.partition.append(bytes: batch(byteCount: Self.batchByteCount))
            let end = count * Self.batchByteCount
            let zeros = fileByteCount(log) - end
            #expect(0..<Self.step ~= zeros)
            #expect(fileByteCount(log) % Self.step == 0)
            #expect(try unusedByteCount(log) == (zeros == 0 ? nil : zeros))
            #expect(log.partition.byteCount == end)
            #expect(try log.partition.records().count == count)
        }
    }

    @Test func `are cut off when the segment is sealed, and when it is closed`() throws {
        let log = try log(batches: 16, ["segment.bytes": "700000"])
        let end = 16 * Self.batchByteCount
        #expect(fileByteCount(log) > end)
        try log.partition.append(bytes: batch(byteCount: 300_000))
        #expect(log.partition.segmentCount == 2)
        #expect(fileByteCount(log) == end)
        try log.partition.append(bytes: batch(byteCount: 1000))
        #expect(fileByteCount(log, 16) > 301_000)
        try log.restart {
            #expect(fileByteCount(log, 16) == 301_000)
        }
        #expect(try log.partition.records().count == 18)
    }

    @Test func `are no loss after a crash, and the next append stands in their place`() throws {
        let log = try log(batches: 10)
        #expect(fileByteCount(log) > 10 * Self.batchByteCount)
        try log.crash()
        #expect(log.recovery.truncationReason == nil)
        #expect(log.recovery.truncatedByteCount == 0)
        #expect(fileByteCount(log) == 10 * Self.batchByteCount)
        #expect(try log.partition.append("next").baseOffset == Offset(10))
        #expect(try log.partition.values().last == "next")
    }

    @Test func `are a loss where durable batches stood there`() throws {
        let log = try log(batches: 10)
        let end = 10 * Self.batchByteCount
        try log.partition.append(bytes: batch(byteCount: 1000))
        try log.partition.flush()
        try log.directory.writeCheckpoints(advancing: true)
        try log.crash {
            let path = log.file(0, ".log")
            let zeros = readFile(path).count - end
            #expect(1001..<Self.step ~= zeros)
            writeFile(path, readFile(path)[..<end] + [UInt8](repeating: 0, count: zeros))
        }
        #expect(log.recovery.truncationReason != nil)
        #expect(log.recovery.lostBelowRecoveryPoint)
        #expect(log.partition.logEndOffset == Offset(10))
    }

    @Test func `do not make a torn batch look whole to a checkpoint that is younger`() throws {
        let log = try log(batches: 20)
        try log.partition.flush()
        try log.directory.writeCheckpoints(advancing: true)
        let end = 10 * Self.batchByteCount
        // As in a copy of a log's directory that began with the log and ended with the checkpoint.
        try log.crash {
            let path = log.file(0, ".log")
            let zeros = (end + Self.step - 1) / Self.step * Self.step - end
            let torn = readFile(path)[..<(end - 1500)]
            writeFile(path, torn + [UInt8](repeating: 0, count: 1500 + zeros))
        }
        #expect(log.recovery.lostBelowRecoveryPoint)
        #expect(log.partition.logEndOffset == Offset(9))
        #expect(try log.partition.records().count == 9)
        // From here on the checkpoint says no more than there is.
        for count in 10...11 {
            try log.partition.append(bytes: batch(byteCount: Self.batchByteCount))
            try log.crash()
            #expect(!log.recovery.lostBelowRecoveryPoint)
            #expect(log.recovery.truncationReason == nil)
            #expect(log.partition.logEndOffset == Offset(Int64(count)))
        }
    }

    @Test func `of another count, as a write leaves that was cut short, are no loss either`() throws
    {
        let log = try log(batches: 10)
        let end = 10 * Self.batchByteCount
        try log.crash {
            writeFile(log.file(0, ".log"), Array(readFile(log.file(0, ".log"))[..<(end + 5000)]))
        }
        #expect(log.recovery.truncationReason == nil)
        #expect(fileByteCount(log) == end)
        #expect(try log.partition.records().count == 10)
    }

    @Test func `are cut off at the close even after a write that failed`() throws {
        let log = try log(batches: 10)
        let descriptor = try #require(try log.partition.read(from: .zero, maxBytes: 1))
            .fileDescriptor
        try substituting("/dev/full", for: descriptor) {
            #expect(throws: AppendError.self) {
                try log.partition.append(bytes: batch(byteCount: Self.batchByteCount))
            }
        }
        try log.restart {
            #expect(fileByteCount(log) == 10 * Self.batchByteCount)
        }
    }

    @Test func `are no damage to whoever dumps a log that grows`() async throws {
        let log = try log(batches: 7)
        let partition = log.partition
        let isOver = LockedValue(false)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while !isOver.value {
                    try partition.append(bytes: batch(byteCount: 1000))
                    usleep(50)
                }
            }
            for _ in 0..<100 {
                let published = partition.byteCount
                var dumped = 0
                var dump = try SegmentDump(path: log.file(0, ".log"))
                while let entry = try dump.next() {
                    switch entry {
                    case .batch(let batch):
                        #expect(batch.isValid)
                        dumped = batch.position + batch.header.sizeInBytes
                    case .unused: break
                    case .damage(_, _, let reason): Issue.record("\(reason)")
                    }
                }
                #expect(dumped >= published)
            }
            isOver.change { $0 = true }
            try await group.waitForAll()
        }
    }

    @Test func `do not hide a torn batch`() throws {
        for written in [1, 20, 61, 20_000] {
            let log = try log(batches: 10)
            let end = 10 * Self.batchByteCount
            try log.crash {
                let path = log.file(0, ".log")
                var bytes = readFile(path)
                let torn = changed(batch(byteCount: Self.batchByteCount), at: 7, bit: 10)
                bytes.replaceSubrange(end..<end + written, with: torn[..<written])
                writeFile(path, bytes)
            }
            #expect(log.partition.logEndOffset == Offset(10), "\(written)")
            #expect(fileByteCount(log) == end)
            // Its first bytes are zeros, too.
            if written > 8 { #expect(log.recovery.truncationReason != nil, "\(written)") }
        }
    }

    @Test func `that stand for the end of a segment cost what stood there, and it is said`() throws
    {
        let log = try log(batches: 25, ["segment.bytes": "\(10 * Self.batchByteCount)"])
        let end = 10 * Self.batchByteCount
        try log.crash {
            let path = log.file(10, ".log")
            let kept = readFile(path)[..<(end - Self.batchByteCount)]
            let zeros = Self.step - kept.count % Self.step
            writeFile(path, kept + [UInt8](repeating: 0, count: zeros))
        }
        #expect(log.partition.logEndOffset == Offset(25))
        #expect(try log.partition.records().map(\.offset) == Array(0..<19) + Array(20..<25))
        #expect(log.recovery.gaps.map(\.startOffset) == [Offset(19)])
        #expect(log.recovery.complaints.first?.contains("offsets 19 up to 20") == true)
    }

    /// As a power failure may leave it where a filesystem keeps no order between files.
    @Test func `come off a sealed segment at the next start, and only zeros do`() throws {
        let log = try log(batches: 25, ["segment.bytes": "\(10 * Self.batchByteCount)"])
        try log.partition.flush()
        try log.directory.writeCheckpoints(advancing: true)
        let end = 10 * Self.batchByteCount
        let zeros = Self.step - end % Self.step
        try log.crash {
            let path = log.file(10, ".log")
            writeFile(path, readFile(path) + [UInt8](repeating: 0, count: zeros))
        }
        #expect(fileByteCount(log, 10) == end)
        #expect(try log.partition.records().count == 25)
        try log.crash {
            let path = log.file(10, ".log")
            writeFile(path, readFile(path) + [UInt8](repeating: 0, count: zeros - 1) + [1])
        }
        #expect(fileByteCount(log, 10) == end + zeros)
    }
}

private func spaceCanBeReserved() -> Bool {
    guard let log = try? TestLog([:]) else { return false }
    let bytes = batch(byteCount: 300 << 10)
    for _ in 0..<2 { _ = try? log.partition.append(bytes: bytes) }
    let status = try? fileStatus(log.file(0, ".log"))
    return (status?.allocatedByteCount ?? 0) > (700 << 10)
}
