import RecordFormat
import Testing

@testable import CommitLog

@Suite struct `What a log directory says of records that go` {
    private let temporary = TemporaryDirectory()
    private let clock = ManualClock()
    private let events = LockedValue<[LogEvent]>([])
    private let orders = TopicPartition(topic: "orders", partition: 0)

    private func open(
        _ overrides: [String: String]
    ) throws -> (directory: LogDirectory, partition: PartitionLog) {
        let directory = try LogDirectory(
            path: temporary.log,
            config: LogDirectoryConfig(overrides: ["log.cleaner.backoff.ms": "1"]),
            clock: clock.logClock, onEvent: { [events] event in events.change { $0.append(event) } }
        )
        let partition = try directory.createTopic("orders", partitions: 1, config: overrides)[0]
        return (directory, partition)
    }

    @Test func `names segment, age and limit of retention by time`() throws {
        let (directory, partition) = try open(["segment.bytes": "300", "retention.ms": "1000"])
        for _ in 0..<4 { try partition.append(bytes: TestLog.hundred()) }
        #expect(try partition.enforceRetention(nowMs: testTimeMs + 1500) == 2)
        #expect(
            events.value == [
                .deleted(
                    SegmentExtent(baseOffset: .zero, nextOffset: Offset(3), byteCount: 300),
                    of: orders, .retentionMs(limit: 1000, age: 1500)),
                .deleted(
                    SegmentExtent(baseOffset: Offset(3), nextOffset: Offset(4), byteCount: 100),
                    of: orders, .retentionMs(limit: 1000, age: 1500)),
            ])
        #expect(
            events.value[0].description
                == "orders-0: deleted segment 0 (offsets up to 3, exclusive; 300 bytes): "
                + "its last record is 1500 ms old, and retention.ms is 1000")
        try directory.close()
    }

    @Test func `names the sizes of retention by size`() throws {
        let (directory, partition) = try open(["segment.bytes": "300", "retention.bytes": "650"])
        for _ in 0..<10 { try partition.append(bytes: TestLog.hundred()) }
        // The last roll began it in the background, which may have come before the last batch was counted.
        try partition.enforceSizeRetention()
        #expect(
            events.value == [
                .deleted(
                    SegmentExtent(baseOffset: .zero, nextOffset: Offset(3), byteCount: 300),
                    of: orders, .retentionBytes(limit: 650, total: 1000))
            ])
        try directory.close()
    }

    @Test func `says that DeleteRecords was asked for, and what went by it`() throws {
        let (directory, partition) = try open(["segment.bytes": "300"])
        for _ in 0..<4 { try partition.append(bytes: TestLog.hundred()) }
        try partition.deleteRecords(before: Offset(3))
        try partition.deleteRecords(before: Offset(2))
        _ = try partition.enforceRetention(nowMs: testTimeMs)
        #expect(
            events.value == [
                .movedLogStart(of: orders, from: .zero, to: Offset(3)),
                .deleted(
                    SegmentExtent(baseOffset: .zero, nextOffset: Offset(3), byteCount: 300),
                    of: orders, .belowLogStart(Offset(3))),
            ])
        try directory.close()
    }

    @Test func `names what compaction has put in the place of segments`() throws {
        let (directory, partition) = try open([
            "cleanup.policy": "compact", "segment.bytes": "300",
            "min.cleanable.dirty.ratio": "0.01",
        ])
        for index in 0..<12 {
            try partition.put("k", "value-\(index)")
        }
        clock.advance(byMs: 10)
        directory.performMaintenance()
        let compacted = events.value.compactMap { event -> (Int, Int)? in
            guard case .compacted(let sources, orders, let cleaned) = event else { return nil }
            #expect(cleaned.baseOffset == sources[0].baseOffset)
            #expect(cleaned.nextOffset == sources[sources.count - 1].nextOffset)
            return (sources.reduce(0) { $0 + $1.byteCount }, cleaned.byteCount)
        }
        #expect(!compacted.isEmpty && compacted.allSatisfy { $0.0 > $0.1 })
        let reports = events.value.compactMap { event -> CleaningReport? in
            if case .cleaned(let report) = event { report } else { nil }
        }
        let report = try #require(reports.first)
        #expect(report.readByteCount > report.writtenByteCount && report.durationNanos > 0)
        #expect(report.sourceSegmentCount > report.cleanedSegmentCount)
        try directory.close()
    }

    @Test func `tells the speed of a cleaning`() {
        var report = CleaningReport(
            topicPartition: orders, firstDirtyOffset: Offset(5), endOffset: Offset(1000))
        report.durationNanos = 2_005_000_000
        report.readByteCount = 802_000_000
        report.writtenByteCount = 31_040_000
        report.readRecordCount = 990
        report.keptRecordCount = 40
        report.sourceSegmentCount = 12
        report.cleanedSegmentCount = 1
        #expect(
            LogEvent.cleaned(report).description
                == "orders-0: cleaned up to offset 1000, exclusive, in 2.005 s: read 802.0 MB, 400.0 MB/s, and "
                + "990 records; kept 31.0 MB and 40 records; segments: 12 before, 1 after")
    }

    @Test func `says once of a segment that a timestamp keeps it longer than retention would`()
        throws
    {
        let (directory, partition) = try open(["segment.bytes": "300", "retention.ms": "1000"])
        let ahead = testTimeMs + 500_000
        for timestamp in [testTimeMs, ahead, testTimeMs, testTimeMs] {
            try partition.append(bytes: TestLog.hundred(timestamp))
        }
        #expect(try partition.enforceRetention(nowMs: testTimeMs + 900) == 0)
        #expect(events.value.isEmpty)
        for _ in 0..<2 { #expect(try partition.enforceRetention(nowMs: testTimeMs + 1500) == 0) }
        #expect(
            events.value == [
                .outlivesRetention(
                    SegmentExtent(baseOffset: .zero, nextOffset: Offset(3), byteCount: 300),
                    of: orders, largestTimestamp: ahead, forMs: 499_500)
            ])
        #expect(events.value[0].isWarning)
        #expect(try partition.enforceRetention(nowMs: ahead + 1001) == 2)
        try directory.close()
    }

    @Test func `says nothing of clocks that differ a little`() throws {
        let (directory, partition) = try open(["segment.bytes": "300", "retention.ms": "1000"])
        for _ in 0..<4 { try partition.append(bytes: TestLog.hundred(testTimeMs + 30_000)) }
        #expect(try partition.enforceRetention(nowMs: testTimeMs + 1500) == 0)
        #expect(events.value.isEmpty)
        try directory.close()
    }

    @Test func `is told when others may go on`() throws {
        let known = LockedValue<PartitionLog?>(nil)
        let directory = try LogDirectory(
            path: temporary.log, clock: clock.logClock,
            onEvent: { [events] event in
                // Under the lock of retention this would wait for itself.
                _ = try? known.value?.enforceRetention(nowMs: testTimeMs)
                events.change { $0.append(event) }
            })
        let partition = try directory.createTopic(
            "orders", partitions: 1, config: ["segment.bytes": "300", "retention.ms": "1000"])[0]
        known.change { $0 = partition }
        for _ in 0..<4 { try partition.append(bytes: TestLog.hundred()) }
        #expect(try partition.enforceRetention(nowMs: testTimeMs + 1500) == 2)
        #expect(events.value.count == 2)
        try directory.close()
    }
}
