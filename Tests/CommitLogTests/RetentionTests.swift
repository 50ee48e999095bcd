import RecordFormat
import Testing

@testable import CommitLog

@Suite struct `Retention` {
    private func logFiles(_ log: TestLog) -> Int {
        names(in: log.partitionPath).count { $0.hasSuffix(".log") }
    }

    @Test func `retention bytes holds right after a roll, in whole segments`() throws {
        let log = try TestLog(["segment.bytes": "300", "retention.bytes": "650"])
        for index in 0..<30 {
            try log.partition.append(bytes: TestLog.hundred())
            log.directory.retainer.waitUntilIdle()
            #expect(log.partition.byteCount < 650 + 300 + 300, "after \(index)")
        }
        try log.partition.enforceRetention(nowMs: testTimeMs)
        log.directory.performMaintenance()
        // Kafka deletes while at least the limit is left: 900 − 300 would be less than 650.
        #expect(log.partition.byteCount == 900)
        #expect(log.partition.logStartOffset == Offset(21))
        #expect(logFiles(log) == 3)
        #expect(names(in: log.partitionPath).filter { $0.hasSuffix(".deleted") }.isEmpty)
        #expect(try log.partition.records().map(\.offset) == Array(21..<30))
        try log.restart()
        #expect(log.partition.logStartOffset == Offset(21))
    }

    @Test func `retention ms goes by the largest timestamp of a segment`() throws {
        let log = try TestLog(["segment.bytes": "300", "retention.ms": "1000"])
        // The second segment holds one young record.
        for timestamp in [0, 0, 0, 0, 900, 0, 0, 900] as [Int64] {
            try log.partition.append(bytes: TestLog.hundred(testTimeMs + timestamp))
        }
        #expect(try log.partition.enforceRetention(nowMs: testTimeMs + 1000) == 0)
        #expect(try log.partition.enforceRetention(nowMs: testTimeMs + 1001) == 1)
        #expect(log.partition.logStartOffset == Offset(3))
        // The active segment is rolled and goes too once its last record is too old.
        #expect(try log.partition.enforceRetention(nowMs: testTimeMs + 1901) == 2)
        #expect(log.partition.logStartOffset == Offset(8))
        #expect(log.partition.logEndOffset == Offset(8))
        #expect(try log.partition.append("new").baseOffset == Offset(8))
        log.directory.performMaintenance()
        try log.restart()
        #expect(try log.partition.values() == ["new"])
    }

    @Test func `the background enforces it at its interval`() throws {
        let log = try TestLog(
            ["segment.bytes": "300", "retention.ms": "1000"],
            directory: ["log.retention.check.interval.ms": "5000"])
        for _ in 0..<4 { try log.partition.append(bytes: TestLog.hundred()) }
        log.clock.advance(byMs: 4999)
        log.directory.performMaintenance()
        #expect(log.partition.logStartOffset == .zero)
        log.clock.advance(byMs: 1)
        log.directory.performMaintenance()
        #expect(log.partition.logStartOffset == Offset(4))
    }

    @Test func `deleted files stay for file delete delay ms under another name`() throws {
        let log = try TestLog([
            "segment.bytes": "300", "retention.bytes": "0", "file.delete.delay.ms": "1000",
        ])
        for _ in 0..<4 { try log.partition.append(bytes: TestLog.hundred()) }
        log.directory.performMaintenance()
        #expect(names(in: log.partitionPath).contains("00000000000000000000.log.deleted"))
        log.clock.advance(byMs: 1000)
        log.directory.performMaintenance()
        #expect(!names(in: log.partitionPath).contains("00000000000000000000.log.deleted"))
        #expect(log.directory.backgroundFaults == [])
    }

    @Test func `deleted records are gone at once, and stay so after a crash`() throws {
        let log = try TestLog(["segment.bytes": "300"])
        for value in ["a", "b", "c", "d", "e", "f", "g", "h"] { try log.partition.append(value) }
        try log.partition.deleteRecords(before: Offset(5))
        try log.partition.deleteRecords(before: Offset(2))
        #expect(log.partition.logStartOffset == Offset(5))
        #expect(throws: LogError.offsetOutOfRange(requested: 4, logStart: 5, logEnd: 8)) {
            try log.partition.read(from: Offset(4), maxBytes: 1)
        }
        #expect(throws: LogError.offsetOutOfRange(requested: 9, logStart: 5, logEnd: 8)) {
            try log.partition.deleteRecords(before: Offset(9))
        }
        #expect(
            readFile("\(log.path)/log-start-offset-checkpoint") == Array("0\n1\norders 0 5\n".utf8))
        try log.crash()
        #expect(try log.partition.values() == ["f", "g", "h"])
        // Whole segments below it go with the next pass.
        try log.partition.enforceRetention(nowMs: testTimeMs)
        #expect(log.partition.view.withLock { $0.segments[0].baseOffset } == Offset(4))
        try log.partition.deleteRecords(before: log.partition.logEndOffset)
        #expect(try log.partition.values() == [])
        #expect(try log.partition.append("i").baseOffset == Offset(8))
    }

    @Test func `a segment that retention took is not flushed`() throws {
        let log = try TestLog(["segment.bytes": "300", "retention.bytes": "0"])
        for _ in 0..<31 { try log.partition.append(bytes: TestLog.hundred()) }
        log.directory.performMaintenance()
        try log.partition.enforceRetention(nowMs: testTimeMs)
        try log.partition.flush()
        #expect(log.partition.flushedOffset == Offset(31))
        #expect(try log.partition.records().map(\.offset) == [30])
        #expect(log.directory.backgroundFaults == [])
    }
}
