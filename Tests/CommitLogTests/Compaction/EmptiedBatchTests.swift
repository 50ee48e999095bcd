import RecordFormat
import Testing

@testable import CommitLog

/// The batch without its records, as compaction leaves it.
func emptied(_ batch: [UInt8]) throws -> [UInt8] {
    var rewriter = RecordBatchRewriter()
    let header = try unsafe RecordBatchHeader(batch.span.bytes)
    return try unsafe Array(rewriter.seal(header, compression: .none))
}

@Suite struct `What compaction leaves of superseded segments` {
    private let value = String(repeating: "x", count: 300)

    /// Records of two keys in turn, two in each segment.
    private func filled(rounds: Int, cleaning: Bool = false) throws -> TestLog {
        let log = try TestLog.compacted(["segment.bytes": "1000"])
        for index in 0..<2 * rounds {
            try log.partition.put(index % 2 == 0 ? "a" : "b", value)
            if cleaning { try log.clean(rolling: false) }
        }
        return log
    }

    private func logFiles(_ log: TestLog) -> [String] {
        log.directory.performMaintenance()
        return names(in: log.partitionPath).filter { $0.hasSuffix(".log") }.sorted()
    }

    @Test(arguments: [3, 15], [false, true])
    func `is no batch, and one file besides the active one`(
        rounds: Int, cleansEachTime: Bool
    ) throws {
        let log = try filled(rounds: rounds, cleaning: cleansEachTime)
        try log.clean(rolling: false)
        let end = 2 * Int64(rounds)
        #expect(logFiles(log).count == 2)
        #expect(try log.partition.storedBatches().allSatisfy { $0.header.recordCount > 0 })
        for offset in 0..<end {
            let slice = try #require(try log.partition.read(from: Offset(offset), maxBytes: 1))
            #expect(slice.hasRecords)
            #expect(slice.baseOffset == Offset(max(offset, end - 4)))
        }
        try log.crash {
            for name in names(in: log.path) where name.hasSuffix("-offset-checkpoint") {
                removeTreeEntry("\(log.path)/\(name)")
            }
        }
        #expect(log.recovery.truncatedByteCount == 0)
        #expect(log.recovery.complaints == [])
        #expect(try log.partition.keyedRecords().map(\.offset) == Array(end - 4..<end))
        #expect(log.partition.logStartOffset == .zero)
    }

    @Test func `is joined up to segment bytes, by what is left and not by what there was`() throws {
        let log = try TestLog.compacted(["segment.bytes": "2000"])
        // Five batches a segment, of which one in each is the last of its key.
        for index in 0..<60 { try log.partition.put(index % 5 == 0 ? "\(index)" : "-", value) }
        let before = logFiles(log).count
        try log.clean(rolling: false)
        #expect(before == 12)
        #expect(logFiles(log).count == 4)
        let sizes = log.partition.view.withLock { $0.segments }.map(\.byteCount)
        #expect(sizes.allSatisfy { $0 <= 2000 })
        #expect(sizes.dropLast(2).allSatisfy { $0 > 1600 })
        let left = (0..<11).map { Int64($0) * 5 } + [54] + Array(55..<60)
        #expect(try log.partition.keyedRecords().map(\.offset) == left)
    }

    @Test func `is bounded by bytes, by indexes and by 32 bits of offset`() throws {
        let temporary = TemporaryDirectory()
        try createDirectory(temporary.log)
        let config = try LogConfig(overrides: [
            "segment.bytes": "1000", "segment.index.bytes": "100",
        ])
        let cleaned = try CleanedSegment(
            in: temporary.log, baseOffset: Offset(10), config: LiveLogConfig(config))
        func source(_ byteCount: Int, end: Int64, indexByteCount: Int = 0) -> LogSegment {
            let segment = LogSegment(
                sealedIn: temporary.log, baseOffset: Offset(20), nextOffset: Offset(end),
                byteCount: byteCount, createdMs: testTimeMs)
            writeFile(
                segment.stem + SegmentFileName.offsetIndex,
                [UInt8](repeating: 0, count: indexByteCount))
            return segment
        }
        #expect(cleaned.hasRoom(for: source(1000, end: 30)))
        #expect(!cleaned.hasRoom(for: source(1001, end: 30)))
        #expect(cleaned.hasRoom(for: source(1, end: 30, indexByteCount: 96)))
        #expect(!cleaned.hasRoom(for: source(1, end: 30, indexByteCount: 104)))
        #expect(cleaned.hasRoom(for: source(1, end: 10 + Int64(Int32.max))))
        #expect(!cleaned.hasRoom(for: source(1, end: 11 + Int64(Int32.max))))
    }

    @Test func `of a log whose last record goes is an empty batch, for the offset of the next`()
        throws
    {
        let log = try TestLog.compacted(["delete.retention.ms": "0"])
        try log.partition.put("a", "1")
        try log.partition.put("a", nil)
        try log.clean()
        log.clock.advance(byMs: 1)
        try log.partition.put("b", nil)
        try log.clean()
        log.clock.advance(byMs: 1)
        // The horizon of the last tombstone is over; the dirty section is cleaned once more.
        _ = try CleaningRound(
            partition: log.partition,
            range: try log.partition.cleanableRange(cleanedThrough: .zero, nowMs: log.clock.nowMs),
            config: log.config, nowMs: log.clock.nowMs,
            throttle: CleanerThrottle(bytesPerSecond: .greatestFiniteMagnitude)
        ).run()
        let batches = try log.partition.batches()
        #expect(batches.map(\.header.recordCount) == [0])
        #expect(batches[0].header.nextOffset == Offset(3))
        let slice = try #require(try log.partition.read(from: .zero, maxBytes: 1))
        #expect(!slice.hasRecords)
        #expect(slice.nextOffset == Offset(3))
        // A power failure may take the file of the active segment, which has nothing yet.
        let active = log.file(3, ".log")
        try log.crash { removeTreeEntry(active) }
        #expect(log.partition.logEndOffset == Offset(3))
        try log.partition.put("c", "1")
        #expect(try log.partition.texts() == ["c=1@3"])
        #expect(try log.partition.read(from: .zero, maxBytes: 1)?.baseOffset == Offset(3))
    }

    @Test func `in an older version's log was an empty batch a segment, which a reader passes`()
        throws
    {
        let log = try filled(rounds: 15)
        let sealed = log.partition.view.withLock { $0.segments.dropLast().map(\.logPath) }
        try log.restart {
            for path in sealed {
                let bytes = readFile(path)
                let last = try unsafe readBatches(bytes.span.bytes)[1].header
                writeFile(path, try emptied(bytes.suffix(last.sizeInBytes) + []))
                removeTreeEntry(path.dropLast(4) + ".index")
                removeTreeEntry(path.dropLast(4) + ".timeindex")
            }
        }
        #expect(sealed.count == 14)
        var cursor = FetchCursor()
        for offset in 0..<30 {
            let slice = try #require(
                try log.partition.read(
                    from: Offset(Int64(offset)), maxBytes: 1 << 20, cursor: &cursor))
            #expect(slice.hasRecords)
            #expect(slice.baseOffset == Offset(Int64(max(offset, 28))))
            #expect(slice.nextOffset == Offset(30))
        }
        // Readers of committed records pass them, too, and not the end that they are given.
        let committed = try #require(
            try log.partition.read(
                from: .zero, maxBytes: 1, below: Offset(28), cursor: &cursor))
        #expect(!committed.hasRecords)
        #expect(committed.nextOffset == Offset(28))
        // The next round takes them away.
        try log.partition.put("a", value)
        try log.clean()
        #expect(logFiles(log).count == 2)
        #expect(try log.partition.storedBatches().allSatisfy { $0.header.recordCount > 0 })
    }

    @Test func `of an idempotent producer is its last sequence, which a reader passes`() throws {
        let log = try TestLog.compacted()
        for producer in 1...20 as ClosedRange<Int64> {
            try log.partition.append(
                bytes: keyedBatch(
                    [KeyedRecord(key: "a", value: "1")], producerID: producer, epoch: 0,
                    sequence: 0))
        }
        try log.partition.put("a", "2")
        try log.clean()
        let counts = try log.partition.batches().map(\.header.recordCount)
        // A reader begins with the first batch that has records.
        #expect(counts == [1])
        let stored = try log.partition.storedBatches().map(\.header.recordCount)
        #expect(stored == [Int32](repeating: 0, count: 20) + [1])
        for offset in 0...20 {
            let slice = try log.partition.read(from: Offset(Int64(offset)), maxBytes: 1)
            #expect(slice?.baseOffset == Offset(20))
        }
    }

    @Test func `ends before the segments that it replaced, which a start removes all the same`()
        throws
    {
        let log = try TestLog.compacted(["segment.bytes": "1000"])
        try log.partition.put("x", value)
        for index in 0..<9 { try log.partition.put("a", "\(index) \(value)") }
        let path = log.partitionPath
        let old = readFile(log.file(4, ".log"))
        try log.partition.rollNow()
        try log.partition.put("a", "last")
        try log.partition.rollNow()
        try log.clean(rolling: false)
        #expect(try log.partition.keyedRecords().map(\.offset) == [0, 10])
        // As a crash amid the renames leaves it, where nothing was left of the segments from 2 to 10.
        let cleaned = readFile(log.file(0, ".log"))
        let first = try unsafe readBatches(cleaned.span.bytes)[0].header
        try log.crash {
            let stem = "\(path)/\(SegmentFileName.stem(.zero))"
            writeFile("\(stem).log.swap", cleaned.prefix(first.sizeInBytes) + [])
            try ReplacedRange(baseOffset: .zero, endOffset: Offset(11)).write(
                to: "\(stem).range.swap")
            writeFile("\(path)/\(SegmentFileName.stem(Offset(4))).log", old)
        }
        #expect(try log.partition.keyedRecords().map(\.offset) == [0])
        #expect(log.partition.logEndOffset == Offset(11))
        #expect(names(in: path).allSatisfy { !$0.contains(".range") && !$0.hasSuffix(".swap") })
    }
}
