import RecordFormat
import Testing

@testable import CommitLog

@Suite struct `Compaction` {
    @Test func `of each key the latest record stays, at its offset`() throws {
        let log = try TestLog.compacted()
        for (key, value) in [("a", "1"), ("b", "1"), ("a", "2"), ("c", "1"), ("b", "2")] {
            try log.partition.put(key, value)
        }
        let report = try #require(try log.clean())
        #expect(try log.partition.texts() == ["a=2@2", "c=1@3", "b=2@4"])
        #expect(report.endOffset == Offset(5))
        #expect(report.mappedKeyCount == 3)
        #expect(report.readRecordCount == 5)
        #expect(report.keptRecordCount == 3)
        #expect(log.partition.logStartOffset == .zero)
        #expect(log.partition.logEndOffset == Offset(5))
        #expect(try log.partition.put("d", "1").baseOffset == Offset(5))
    }

    @Test func `a reader in a gap gets the next record, at every offset and slice size`() throws {
        let log = try TestLog.compacted(["index.interval.bytes": "200", "segment.bytes": "2000"])
        for index in 0..<100 { try log.partition.put("\(index % 7 == 0 ? index : -1)", "v") }
        try log.clean()
        let whole = try log.partition.keyedRecords()
        #expect(whole.count == 16)
        for offset in 0...100 {
            for maxBytes in [1, 200, 1 << 20] {
                let records = try log.partition.keyedRecords(
                    from: Offset(Int64(offset)), maxBytes: maxBytes)
                #expect(records.map(\.offset) == whole.map(\.offset).filter { $0 >= offset })
            }
        }
        try log.crash()
        #expect(try log.partition.keyedRecords().map(\.offset) == whole.map(\.offset))
        #expect(log.recovery.truncatedByteCount == 0)
    }

    @Test func `the active segment is not touched, nor superseded records' places in others`()
        throws
    {
        let log = try TestLog.compacted()
        try log.partition.put("a", "1")
        try log.partition.put("a", "2")
        try log.partition.rollNow()
        try log.partition.put("a", "3")
        try log.clean(rolling: false)
        #expect(try log.partition.texts() == ["a=2@1", "a=3@2"])
        #expect(try log.clean(rolling: false) == nil)
        try log.clean()
        #expect(try log.partition.texts() == ["a=3@2"])
    }

    @Test(arguments: [Compression.none, .gzip(), .snappy, .lz4(), .zstd()])
    func `a batch that loses records keeps its offsets, producer, times and codec`(
        compression: Compression
    ) throws {
        let log = try TestLog.compacted()
        let records = (0..<6).map {
            KeyedRecord(key: "\($0 % 3)", value: "v\($0)", timestamp: testTimeMs - 100 + Int64($0))
        }
        try log.partition.append(
            bytes: keyedBatch(
                records, producerID: 7, epoch: 3, sequence: 40, compression: compression))
        try log.partition.put("0", "last")
        try log.clean()
        let batches = try log.partition.batches()
        let header = batches[0].header
        #expect(header.baseOffset == .zero)
        #expect(header.lastOffset == Offset(5))
        #expect(header.recordCount == 2)
        #expect(header.producerID == ProducerID(7))
        #expect(header.producerEpoch == ProducerEpoch(3))
        #expect(header.baseSequence == 40)
        #expect(header.lastSequence == 45)
        #expect(header.attributes.codec == compression.codec)
        #expect(header.maxTimestamp == testTimeMs - 95)
        #expect(batches[0].records.map(\.offset) == [4, 5])
        #expect(batches[0].records.map(\.record) == Array(records[4...]))
    }

    @Test func `a tombstone stays for delete retention ms after it was first cleaned`() throws {
        let log = try TestLog.compacted(["delete.retention.ms": "1000"])
        try log.partition.put("a", "1")
        try log.partition.put("a", nil)
        try log.partition.put("b", "1")
        try log.clean()
        #expect(try log.partition.texts() == ["a=-@1", "b=1@2"])
        let tombstone = try log.partition.batches()[0]
        #expect(tombstone.header.attributes.hasDeleteHorizon)
        #expect(tombstone.header.baseTimestamp == log.clock.nowMs + 1000)
        #expect(tombstone.records[0].record.timestamp == testTimeMs)
        // The horizon is not set anew by a later cleaning.
        log.clock.advance(byMs: 999)
        try log.partition.put("b", "2")
        try log.clean()
        #expect(try log.partition.texts() == ["a=-@1", "b=2@3"])
        log.clock.advance(byMs: 1)
        try log.partition.put("b", "3")
        try log.clean()
        #expect(try log.partition.texts() == ["b=3@4"])
    }

    @Test func `a log is cleaned once enough of it is dirty`() throws {
        let log = try TestLog(["cleanup.policy": "compact"])
        for _ in 0..<10 { try log.partition.put("a", "1") }
        #expect(try log.clean() != nil)
        for index in 0..<6 { try log.partition.put("\(index)", "1") }
        #expect(try log.clean() != nil)
        // Seven batches of one size are clean: as many more are not over one half.
        for _ in 0..<7 { try log.partition.put("a", "1") }
        #expect(try log.clean() == nil)
        try log.partition.put("a", "1")
        #expect(try log.clean() != nil)
    }

    @Test func `min compaction lag keeps young records, max compaction lag cleans old ones`() throws
    {
        let young = try TestLog.compacted(["min.compaction.lag.ms": "1000"])
        try young.partition.put("a", "1", timestamp: testTimeMs)
        try young.partition.put("a", "2", timestamp: testTimeMs)
        young.clock.advance(byMs: 999)
        #expect(try young.clean() == nil)
        young.clock.advance(byMs: 1)
        #expect(try young.clean() != nil)
        #expect(try young.partition.texts() == ["a=2@1"])

        let old = try TestLog([
            "cleanup.policy": "compact", "min.cleanable.dirty.ratio": "1",
            "max.compaction.lag.ms": "1000",
        ])
        try old.partition.put("a", "1", timestamp: testTimeMs)
        old.clock.advance(byMs: 1000)
        #expect(try old.clean(rolling: false) == nil)
        // The next append rolls the segment, which Kafka's segment.ms would not do for a week.
        try old.partition.put("a", "2", timestamp: testTimeMs + 1001)
        #expect(old.partition.segmentCount == 2)
        #expect(try old.clean(rolling: false) == nil)
        old.clock.advance(byMs: 1)
        #expect(try old.clean(rolling: false) != nil)
        #expect(try old.clean() == nil)
    }

    @Test func `small segments become one, up to segment bytes`() throws {
        let log = try TestLog.compacted(["segment.bytes": "1000"])
        for index in 0..<60 { try log.partition.put("\(index % 10)", "v\(index)") }
        let before = log.partition.segmentCount
        try log.clean()
        try log.partition.put("x", "1")
        try log.clean()
        #expect(log.partition.segmentCount <= before / 2)
        for size in log.partition.view.withLock({ $0.segments }).map(\.byteCount) {
            #expect(size <= 1000)
        }
        #expect(try log.partition.keyedRecords().map(\.offset) == Array(50..<61))
        log.directory.performMaintenance()
        let logs = names(in: log.partitionPath).filter { $0.hasSuffix(".log") }
        #expect(logs.count == log.partition.segmentCount)
        #expect(names(in: log.partitionPath).allSatisfy { !$0.hasSuffix(".deleted") })
    }

    @Test func `the checkpoint says where the dirty section begins, in Kafka's format`() throws {
        let log = try TestLog.compacted()
        for _ in 0..<4 { try log.partition.put("a", "1") }
        try log.clean()
        let path = "\(log.path)/cleaner-offset-checkpoint"
        #expect(readText(path) == "0\n1\norders 0 4\n")
        try log.restart()
        #expect(try log.clean(rolling: false) == nil)
        try log.partition.put("a", "2")
        #expect(try log.clean()?.firstDirtyOffset == Offset(4))
        #expect(readText(path) == "0\n1\norders 0 5\n")
        try log.directory.deleteTopic("orders")
        #expect(readText(path) == "0\n0\n")
    }

    @Test func `keys that do not fit in the map are cleaned in several rounds`() throws {
        // 42 slots.
        let log = try TestLog.compacted(directory: ["log.cleaner.dedupe.buffer.size": "1024"])
        for round in 0..<3 {
            for key in 0..<50 { try log.partition.put("\(key)", "\(round)") }
        }
        var rounds = 0
        try log.partition.rollNow()
        while let report = try log.clean(rolling: false) {
            #expect(report.mappedKeyCount <= 37)
            rounds += 1
        }
        #expect(rounds >= 4)
        // What a round did not map stays until the next.
        #expect(try log.partition.keyedRecords().suffix(50).map(\.offset) == Array(100..<150))
        #expect(try log.partition.keyedRecords().count < 110)
    }

    @Test func `one batch with more keys than the map takes is an error, and nothing is lost`()
        throws
    {
        let log = try TestLog.compacted(directory: ["log.cleaner.dedupe.buffer.size": "1024"])
        try log.partition.append(
            bytes: keyedBatch((0..<100).map { KeyedRecord(key: "\($0)", value: "v") }))
        #expect(try log.clean() == nil)
        #expect(log.directory.backgroundFaults.map(\.work) == [.compaction])
        #expect(log.directory.cleaner.uncleanable.count == 1)
        #expect(try log.partition.keyedRecords().count == 100)
        #expect(try log.clean() == nil)
    }

    @Test func `slices, windows and cursors read on in the files that were replaced`() throws {
        let log = try TestLog.compacted(["segment.bytes": "1000"])
        for index in 0..<30 { try log.partition.put("a", "\(index)") }
        var cursor = FetchCursor()
        let first = try #require(
            try log.partition.read(from: .zero, maxBytes: 300, cursor: &cursor))
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: first.byteCount, alignment: 8)
        defer { unsafe copy.deallocate() }
        try log.clean()
        log.directory.performMaintenance()
        try unsafe first.copy(to: copy)
        let span = unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(copy))
        #expect(try readBatches(span).flatMap(\.records).map(\.offset) == [0, 1, 2])
        var window = MappedWindow()
        #expect(try readBatches(window.bytes(of: first)).count == 3)
        // The cursor's next read finds the cleaned segment.
        let next = try log.partition.read(
            from: first.nextOffset, maxBytes: 1 << 20, cursor: &cursor)
        #expect(try readBatches(window.bytes(of: #require(next))).count == 1)
    }

    @Test func `retention touches a log with delete only, the log start offset every one`() throws {
        for policy in ["compact", "", "compact,delete"] {
            let log = try TestLog.compacted([
                "cleanup.policy": policy, "retention.ms": "1000", "retention.bytes": "0",
            ])
            for index in 0..<10 { try log.partition.put("\(index)", "1") }
            try log.clean()
            log.clock.advance(byMs: 5000)
            try log.partition.enforceRetention(nowMs: log.clock.nowMs)
            #expect(try log.partition.keyedRecords().count == (policy == "compact,delete" ? 0 : 10))
            guard policy != "compact,delete" else { continue }
            try log.partition.deleteRecords(before: Offset(10))
            try log.partition.enforceRetention(nowMs: log.clock.nowMs)
            #expect(try log.partition.keyedRecords().isEmpty)
        }
    }

    @Test
    func `a producer's last batch stays as a header, and its sequences are known after a loss`()
        throws
    {
        let log = try TestLog.compacted()
        let last = keyedBatch(
            [KeyedRecord(key: "a", value: "2")], producerID: 9, epoch: 0, sequence: 1)
        try log.partition.append(
            bytes: keyedBatch(
                [KeyedRecord(key: "a", value: "1")], producerID: 9, epoch: 0, sequence: 0))
        try log.partition.append(bytes: last)
        try log.partition.put("a", "3")
        try log.clean()
        let batches = try log.partition.storedBatches()
        #expect(batches.map(\.header.recordCount) == [0, 1])
        #expect(batches[0].header.baseSequence == 1)
        #expect(batches[0].header.producerID == ProducerID(9))
        try log.crash {
            for name in names(in: log.partitionPath) where name.hasSuffix(".snapshot") {
                removeTreeEntry("\(log.partitionPath)/\(name)")
            }
        }
        let again = try log.partition.append(bytes: last)
        #expect(again.isDuplicate)
        #expect(again.baseOffset == Offset(1))
    }

    @Test func `a segment whose last record went is not taken for one that lost its end`() throws {
        let log = try TestLog.compacted()
        try log.partition.put("a", "1")
        try log.partition.put("b", "1")
        try log.partition.rollNow()
        try log.partition.put("b", "2")
        try log.clean()
        #expect(try log.partition.texts() == ["a=1@0", "b=2@2"])
        // Without any checkpoint every segment is scanned, and none is taken for torn.
        try log.crash {
            for name in names(in: log.path) where name.hasSuffix("-offset-checkpoint") {
                removeTreeEntry("\(log.path)/\(name)")
            }
            for name in names(in: log.partitionPath) where name.hasSuffix("index") {
                removeTreeEntry("\(log.partitionPath)/\(name)")
            }
        }
        #expect(log.recovery.truncatedByteCount == 0)
        #expect(log.recovery.complaints == [])
        #expect(try log.partition.texts() == ["a=1@0", "b=2@2"])
        #expect(log.partition.logEndOffset == Offset(3))
    }

    @Test func `a damaged log is not cleaned and stays as it is`() throws {
        let log = try TestLog.compacted()
        for index in 0..<5 { try log.partition.put("a", "\(index)") }
        try log.partition.rollNow()
        let whole = readFile(log.file(0, ".log"))
        writeFile(log.file(0, ".log"), changed(whole, at: whole.count - 3, bit: 8))
        log.clock.advance(byMs: 15_000)
        log.directory.performMaintenance()
        #expect(log.directory.cleaner.uncleanable.count == 1)
        #expect(log.directory.backgroundFaults.map(\.work) == [.compaction])
        guard case .corrupt? = log.directory.backgroundFaults.first?.error else {
            Issue.record("\(log.directory.backgroundFaults)")
            return
        }
        #expect(readFile(log.file(0, ".log")).count == whole.count)
        #expect(names(in: log.partitionPath).allSatisfy { !$0.hasSuffix(".cleaned") })
    }

    @Test func `the background cleans at its interval, and a time finds what is left`() throws {
        let log = try TestLog.compacted()
        for index in 0..<10 {
            try log.partition.put("\(index % 2)", "1", timestamp: testTimeMs + Int64(index))
        }
        try log.partition.rollNow()
        log.clock.advance(byMs: 14_999)
        log.directory.performMaintenance()
        #expect(try log.partition.keyedRecords().count == 10)
        log.clock.advance(byMs: 1)
        log.directory.performMaintenance()
        #expect(try log.partition.keyedRecords().map(\.offset) == [8, 9])
        #expect(try log.partition.offset(forTimestamp: testTimeMs)?.offset == Offset(8))
        #expect(try log.partition.offset(forTimestamp: testTimeMs + 9)?.offset == Offset(9))
        #expect(try log.partition.offsetOfMaxTimestamp()?.offset == Offset(9))
    }

    @Test func `the filthiest log is cleaned first`() throws {
        let log = try TestLog.compacted()
        let other = try log.directory.createTopic(
            "other", partitions: 1,
            config: ["cleanup.policy": "compact", "min.cleanable.dirty.ratio": "0"])[0]
        for partition in [log.partition, other] {
            for index in 0..<10 { try partition.put("\(index)", "1") }
            try partition.rollNow()
        }
        log.directory.flusher.waitUntilIdle()
        let cleaner = log.directory.cleaner
        let all = [log.partition, other]
        for _ in all { #expect(cleaner.cleanFilthiest(of: all, nowMs: testTimeMs) != nil) }
        for (partition, count) in [(log.partition, 3), (other, 5)] {
            for _ in 0..<count { try partition.put("a", "1") }
            try partition.rollNow()
        }
        log.directory.flusher.waitUntilIdle()
        let order = all.map { _ in
            cleaner.cleanFilthiest(of: all, nowMs: testTimeMs)?.topicPartition.topic
        }
        #expect(order == ["other", "orders"])
        #expect(cleaner.cleanFilthiest(of: all, nowMs: testTimeMs) == nil)
    }
}
