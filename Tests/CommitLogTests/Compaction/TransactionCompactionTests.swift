import RecordFormat
import Testing

@testable import CommitLog

@Suite struct `Compaction of transactions` {
    private func data(
        _ key: String, _ value: String, producer: Int64 = 1, sequence: Int32
    ) -> [UInt8] {
        keyedBatch(
            [KeyedRecord(key: key, value: value)], producerID: producer, epoch: 0,
            sequence: sequence, isTransactional: true)
    }

    private func append(_ log: TestLog, _ batches: [UInt8]...) throws {
        for bytes in batches {
            let isMarker = try unsafe RecordBatchHeader(bytes.span.bytes).attributes.isControl
            try log.partition.append(bytes: bytes, origin: isMarker ? .coordinator : .client)
        }
    }

    /// `d0`, `m1`: data and markers that are left, with their offsets; in parentheses without records.
    private func outline(_ log: TestLog) throws -> [String] {
        try log.partition.storedBatches().map { batch in
            let kind = batch.header.attributes.isControl ? "m" : "d"
            let text = "\(kind)\(batch.header.lastOffset)"
            return batch.header.recordCount == 0 ? "(\(text))" : text
        }
    }

    @Test func `aborted data goes and supersedes nothing, committed data does`() throws {
        let log = try TestLog.compacted()
        try log.partition.put("a", "1")
        try append(log, data("a", "aborted", sequence: 0), marker(.abort, producerID: 1))
        try log.partition.put("b", "1")
        try append(log, data("b", "committed", sequence: 1), marker(.commit, producerID: 1))
        try log.partition.put("end", "1")
        try log.clean()
        #expect(try log.partition.texts() == ["a=1@0", "b=committed@4", "end=1@6"])
    }

    @Test func `a marker stays while its data does, and then for the delete horizon`() throws {
        let log = try TestLog.compacted(["delete.retention.ms": "1000"])
        try append(log, data("a", "x", sequence: 0), marker(.abort, producerID: 1))
        try append(log, data("a", "1", sequence: 1), marker(.commit, producerID: 1))
        try log.partition.put("z", "0")
        try log.clean()
        #expect(try outline(log) == ["m1", "d2", "m3", "d4"])
        // The first cleaning that finds no data before the marker sets the horizon.
        try log.partition.put("z", "1")
        try log.clean()
        let abort = try log.partition.batches()[0].header
        #expect(abort.attributes.hasDeleteHorizon)
        #expect(abort.baseTimestamp == log.clock.nowMs + 1000)
        #expect(abort.attributes.isControl && abort.attributes.isTransactional)
        log.clock.advance(byMs: 999)
        try log.partition.put("z", "2")
        try log.clean()
        #expect(try outline(log) == ["m1", "d2", "m3", "d6"])
        log.clock.advance(byMs: 1)
        try log.partition.put("z", "3")
        try log.clean()
        // The commit marker's data is still there, and so is it.
        #expect(try outline(log) == ["d2", "m3", "d7"])
        #expect(try !log.partition.batches()[1].header.attributes.hasDeleteHorizon)
    }

    @Test func `an open transaction is not cleaned, nor anything after it`() throws {
        let log = try TestLog.compacted()
        try log.partition.put("a", "1")
        try log.partition.put("a", "2")
        try append(log, data("a", "open", sequence: 0))
        try log.partition.put("a", "3")
        #expect(log.partition.cleanableEnd == Offset(2))
        try log.clean()
        #expect(try log.partition.texts() == ["a=2@1", "a=open@2", "a=3@3"])
        // Half of the segment stays dirty, and is not cleaned again and again.
        #expect(try log.clean(rolling: false) == nil)
        try append(log, marker(.abort, producerID: 1))
        try log.clean()
        #expect(try log.partition.texts() == ["a=3@3"])
        // Its producer's last data is remembered by a header.
        #expect(try outline(log) == ["(d2)", "d3", "m4"])
    }

    @Test func `what is decided above the last stable offset holds below it`() throws {
        let log = try TestLog.compacted()
        try log.partition.put("a", "1")
        try append(
            log, data("a", "aborted", producer: 1, sequence: 0),
            data("b", "open", producer: 2, sequence: 0), marker(.abort, producerID: 1))
        #expect(log.partition.cleanableEnd == Offset(2))
        for isRolling in [true, false] {
            if isRolling { try log.partition.rollNow() }
            try log.clean(rolling: false)
            #expect(try log.partition.texts().first == "a=1@0")
        }
        try append(log, data("c", "1", producer: 1, sequence: 1), marker(.commit, producerID: 2))
        try append(log, marker(.commit, producerID: 1))
        try log.clean()
        #expect(try log.partition.texts() == ["a=1@0", "b=open@2", "c=1@4"])
    }

    @Test func `a marker in the active segment decides, too`() throws {
        let log = try TestLog.compacted()
        try log.partition.put("a", "1")
        try append(
            log, data("a", "aborted", producer: 1, sequence: 0),
            data("b", "open", producer: 2, sequence: 0))
        try log.partition.rollNow()
        try append(log, marker(.abort, producerID: 1))
        try log.clean(rolling: false)
        #expect(try log.partition.texts().first == "a=1@0")
    }

    @Test func `two producers' transactions that overlap are told apart`() throws {
        let log = try TestLog.compacted()
        try append(
            log, data("a", "p1", producer: 1, sequence: 0),
            data("b", "p2", producer: 2, sequence: 0), data("c", "p1", producer: 1, sequence: 1),
            marker(.abort, producerID: 2), data("d", "p2", producer: 2, sequence: 1),
            marker(.commit, producerID: 1), marker(.commit, producerID: 2))
        try log.clean()
        #expect(try log.partition.texts() == ["a=p1@0", "c=p1@2", "d=p2@4"])
    }

    @Test func `a transaction that spans segments is aborted in both`() throws {
        let log = try TestLog.compacted(["segment.bytes": "400"])
        try append(
            log, data("a", "1", sequence: 0), data("b", "1", sequence: 1),
            data("c", "1", sequence: 2), data("d", "1", sequence: 3), data("e", "1", sequence: 4))
        #expect(log.partition.segmentCount > 1)
        try append(log, marker(.abort, producerID: 1))
        try log.partition.put("f", "1")
        try log.clean()
        #expect(try log.partition.texts() == ["f=1@6"])
    }

    @Test func `the transaction index keeps what still had data, and is always written anew`()
        throws
    {
        func entry(_ producer: Int64, _ first: Int64, _ last: Int64) -> [UInt8] {
            var writer = BigEndianWriter(capacity: 34)
            writer.append(Int16(0))
            for value in [producer, first, last, last + 1] { writer.append(value) }
            return writer.bytes
        }
        let log = try TestLog.compacted()
        try append(log, data("a", "x", sequence: 0), marker(.abort, producerID: 1))
        // The producer's last batch stays in any case, and is another one.
        try append(log, data("b", "1", sequence: 1), marker(.commit, producerID: 1))
        try log.partition.rollNow()
        let path = log.file(0, ".txnindex")
        writeFile(path, entry(1, 0, 1))
        try log.clean(rolling: false)
        #expect(readFile(path) == entry(1, 0, 1))
        try log.partition.put("a", "2")
        try log.clean()
        #expect(names(in: log.partitionPath).contains("\(SegmentFileName.stem(.zero)).txnindex"))
        #expect(readFile(path) == [])
    }

    @Test func `random transactions leave what was committed, and each key's latest of it`() throws
    {
        for run in 0..<12 {
            var random = SeededGenerator(salt: UInt64(run))
            let comment: Comment = "WEIR_TEST_SEED=\(random.seed), run \(run)"
            let log = try TestLog.compacted([
                "segment.bytes": "900", "delete.retention.ms": "100",
            ])
            var committed: [String: Int64] = [:]
            var aborted: Set<Int64> = []
            var open: [Int64: [(String, Int64)]] = [:]
            var sequences: [Int64: Int32] = [:]
            for _ in 0..<120 {
                let producer = Int64.random(in: 1...3, using: &random)
                switch Int.random(in: 0..<9, using: &random) {
                case 0..<5:
                    let key = "k\(Int.random(in: 0..<8, using: &random))"
                    let sequence = sequences[producer, default: 0]
                    let result = try log.partition.append(
                        bytes: data(key, "v", producer: producer, sequence: sequence))
                    sequences[producer] = sequence + 1
                    open[producer, default: []].append((key, result.baseOffset.rawValue))
                case 5, 6:
                    guard let records = open.removeValue(forKey: producer) else { continue }
                    let commits = Bool.random(using: &random)
                    try append(log, marker(commits ? .commit : .abort, producerID: producer))
                    for (key, offset) in records {
                        if commits {
                            committed[key] = max(committed[key] ?? -1, offset)
                        } else {
                            aborted.insert(offset)
                        }
                    }
                case 7: log.clock.advance(byMs: 60)
                default: try log.clean()
                }
            }
            for producer in open.keys { try append(log, marker(.commit, producerID: producer)) }
            for (key, offset) in open.values.joined() {
                committed[key] = max(committed[key] ?? -1, offset)
            }
            try log.partition.put("end", "1")
            committed["end"] = log.partition.logEndOffset.rawValue - 1
            while try log.clean() != nil {}
            let records = try log.partition.keyedRecords()
            #expect(records.map(\.offset) == committed.values.sorted(), comment)
            #expect(aborted.isDisjoint(with: records.map(\.offset)), comment)
        }
    }
}
