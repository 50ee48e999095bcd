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
        #expect(try fileStatus(log.file(0, ".log"))?.byteCount == byteCount)
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

private func spaceCanBeReserved() -> Bool {
    guard let log = try? TestLog([:]) else { return false }
    let bytes = batch(byteCount: 300 << 10)
    for _ in 0..<2 { _ = try? log.partition.append(bytes: bytes) }
    let status = try? fileStatus(log.file(0, ".log"))
    return (status?.allocatedByteCount ?? 0) > (700 << 10)
}
