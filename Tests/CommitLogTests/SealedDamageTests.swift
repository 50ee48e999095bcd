import RecordFormat
import Testing

@testable import CommitLog

/// What was flushed and closed, and was damaged since: it is served as far as it is sound, and left as it is.
@Suite struct `A log damaged after a clean stop` {
    /// Twelve batches of one record, 100 bytes each, in four segments.
    private func damaged() throws -> DamagedLog {
        let log = try TestLog(["segment.bytes": "300", "index.interval.bytes": "150"])
        for index in 0..<12 {
            try log.partition.append(bytes: TestLog.hundred(testTimeMs + Int64(index)))
        }
        return try DamagedLog(log)
    }

    @Test func `says which segment is missing in its middle, and serves what is behind`() throws {
        let damaged = try damaged()
        for _ in 0..<2 {
            try damaged.start(recoveryPoint: 12, isClean: true) {
                removeTreeEntry(damaged.log.file(3, ".log"))
            }
            #expect(
                try damaged.log.partition.records().map(\.offset)
                    == damaged.offsets(without: [3, 4, 5]))
            let complaints = damaged.log.recovery.complaints
            #expect(complaints.count == 1)
            #expect(
                complaints.first?.contains("offsets 3 up to 6, exclusive, are missing: ") == true)
            #expect(complaints.first?.contains("00000000000000000006.log is the next") == true)
            #expect(damaged.log.partition.logEndOffset == Offset(12))
        }
    }

    @Test func `says that its first segment is missing where the checkpoint knows`() throws {
        let damaged = try damaged()
        let checkpoint = "\(damaged.log.path)/log-start-offset-checkpoint"
        let losesFirst = { removeTreeEntry(damaged.log.file(0, ".log")) }
        try damaged.start(recoveryPoint: 12, isClean: true, losesFirst)
        #expect(damaged.log.recovery.gaps.map(\.endOffset) == [Offset(3)])
        #expect(damaged.log.partition.logStartOffset == Offset(3))
        // Retention may have taken it just before a crash; Kafka writes no line for a log that begins where its first
        // segment does.
        try damaged.start(recoveryPoint: 12, isClean: false, losesFirst)
        #expect(damaged.log.recovery.complaints == [])
        try damaged.start(recoveryPoint: 12, isClean: true) {
            losesFirst()
            writeFile(checkpoint, Array("0\n0\n".utf8))
        }
        #expect(damaged.log.recovery.complaints == [])
    }

    @Test func `lets readers pass the end of a segment that was cut short, and says so`() throws {
        let damaged = try damaged()
        for end in 0...300 {
            let cut = Array((damaged.files[3] ?? []).prefix(end))
            try damaged.start(recoveryPoint: 12, isClean: true) {
                writeFile(damaged.log.file(3, ".log"), cut)
            }
            let lost = Set((3..<6).filter { ($0 - 2) * 100 > end })
            let offsets = damaged.offsets(without: lost)
            #expect(try damaged.log.partition.records().map(\.offset) == offsets, "\(end)")
            #expect(try damaged.log.partition.records(maxBytes: 1).map(\.offset) == offsets)
            for offset in lost {
                let slice = try damaged.log.partition.read(
                    from: Offset(Int64(offset)), maxBytes: 1)
                #expect(slice?.baseOffset == Offset(6), "\(end)")
            }
            #expect(damaged.log.recovery.gaps.count == (lost.isEmpty ? 0 : 1), "\(end)")
            #expect(readFile(damaged.log.file(3, ".log")) == cut)
        }
    }

    @Test(arguments: [false, true])
    func `serves every batch but the one with a damaged header`(hasIndexes: Bool) throws {
        let log = try TestLog(["segment.bytes": "800", "index.interval.bytes": "150"])
        for index in 0..<20 {
            try log.partition.append(bytes: TestLog.hundred(testTimeMs + Int64(index)))
        }
        let damaged = try DamagedLog(log)
        let indexes = [".index", ".timeindex"].map { ($0, readFile(log.file(0, $0))) }
        for batch in [0, 3, 7] {
            for position in 0..<61 where !(12..<16).contains(position) {
                let bit = UInt8(1 << (position % 8))
                try damaged.start(recoveryPoint: 20, isClean: true) {
                    damaged.flip(0, at: batch * 100 + position, bit: bit)
                    if hasIndexes {
                        for (name, bytes) in indexes { writeFile(log.file(0, name), bytes) }
                    }
                }
                for offset in 0..<20 {
                    let comment: Comment = "offset \(offset), bit \(bit) at \(batch):\(position)"
                    let found = try? batchOffset(log, Int64(offset))
                    // What no checksum is asked for is the reader's to find.
                    let mayPass = offset == batch && position >= 17
                    // A last batch that claims to be longer than its file was cut short.
                    let isCutShort = batch == 7 && offset == 7 && (8..<12).contains(position)
                    #expect(
                        found == Int64(offset) || (isCutShort && found == 8)
                            || (offset == batch && (found == nil || mayPass)), comment)
                }
            }
        }
    }

    /// The base offset of what a reader of the offset gets, nil where it is told of damage.
    private func batchOffset(_ log: TestLog, _ offset: Int64) throws -> Int64? {
        do {
            let slice = try log.partition.read(from: Offset(offset), maxBytes: 1)
            return try slice?.firstHeader().baseOffset.rawValue
        } catch LogError.corrupt {
            return nil
        }
    }

    @Test func `tells a reader who asks again for what he could not read`() throws {
        let damaged = try damaged()
        try damaged.start(recoveryPoint: 12, isClean: true) { damaged.flip(3, at: 190, bit: 1) }
        #expect(damaged.log.recovery.complaints == [])
        var cursor = FetchCursor()
        let log = damaged.log.partition
        // A slice is handed out unread.
        let slice = try #require(try log.read(from: Offset(3), maxBytes: 1000, cursor: &cursor))
        #expect(slice.byteCount == 300)
        // It ends before the damage for who asks on, and at the damage he is told.
        _ = try log.read(from: Offset(4), maxBytes: 1000, cursor: &cursor)
        let path = damaged.log.file(3, ".log")
        let error = #expect(throws: LogError.self) {
            try log.read(from: Offset(4), maxBytes: 1000, cursor: &cursor)
        }
        guard case .corrupt(path, 100, let reason)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains("checksum") || reason.contains("CRC"))
        // Who asks twice for what is sound gets it twice.
        for _ in 0..<2 {
            #expect(try log.read(from: Offset(5), maxBytes: 1, cursor: &cursor)?.byteCount == 100)
        }
    }

    @Test func `is opened though a batch cannot be read that the producers' state needs`() throws {
        let log = try TestLog(["segment.bytes": "300"])
        for index in 0..<9 {
            try log.partition.append(
                bytes: batch(["\(index)"], producerID: 7, epoch: 0, sequence: Int32(index)))
        }
        let damaged = try DamagedLog(log)
        // No snapshot: the producers' state is made from all batches.
        try damaged.start(recoveryPoint: 9, isClean: true) { damaged.flip(0, at: 16, bit: 1) }
        #expect(log.partition.logEndOffset == Offset(9))
        #expect(log.recovery.complaints.contains { $0.contains("corrupt at position 0") })
        let next = try log.partition.append(
            bytes: batch(["9"], producerID: 7, epoch: 0, sequence: 9))
        #expect(next.baseOffset == Offset(9))
    }

    @Test func `says of a compacted topic that a log is missing whose indexes are there`() throws {
        let log = try TestLog.compacted(["segment.bytes": "300", "index.interval.bytes": "100"])
        for index in 0..<12 { try log.partition.put("\(index)", "1") }
        try log.restart { removeTreeEntry(log.file(3, ".log")) }
        #expect(log.recovery.complaints.count == 1)
        #expect(log.recovery.complaints.first?.contains("03.log is missing") == true)
    }

    @Test func `is copied by a repair, which leaves out what is damaged and changes nothing`()
        throws
    {
        let log = try TestLog()
        for index in 0..<10 { try log.partition.append(bytes: batch(byteCount: 100 + index)) }
        let damaged = try DamagedLog(log)
        let bytes = damaged.files[0] ?? []
        let path = log.temporary.path + "/\(SegmentFileName.stem(.zero)).log"
        for (index, hit) in damaged.batches.enumerated() {
            for position in hit.range where !(12..<16).contains(position - hit.range.lowerBound) {
                // Nothing tells that the last batch's offset is wrong.
                if index == 9, position < hit.range.lowerBound + 8 { continue }
                let bad = changed(bytes, at: position, bit: 1 << UInt8(position % 8))
                writeFile(path, bad)
                let out = log.temporary.path + "/out"
                let repair = try SegmentRepair(of: path, in: out)
                let sound = damaged.batches.indices.filter { $0 != index }.flatMap {
                    bytes[damaged.batches[$0].range]
                }
                #expect(readFile(repair.path) == sound, "\(position)")
                #expect(repair.batchCount == 9)
                #expect(repair.damages.map(\.position) == [hit.range.lowerBound])
                #expect(readFile(path) == bad)
                #expect(throws: LogError.self) { try SegmentRepair(of: path, in: out) }
                removeTree(out)
            }
        }
    }
}

/// A start that finds nothing wrong says nothing.
@Suite struct `A log that is sound` {
    /// What appends, transactions, rolls, retention, DeleteRecords and compaction leave is no damage.
    @Test(arguments: 0..<24 as Range<UInt64>)
    func `is opened without a complaint, whatever happened to it`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let policy = ["delete", "compact", "compact,delete"][Int(seed % 3)]
        let log = try TestLog([
            "segment.bytes": "600", "index.interval.bytes": "150", "cleanup.policy": policy,
            "min.cleanable.dirty.ratio": "0", "delete.retention.ms": "0",
            "retention.bytes": seed % 2 == 0 ? "3000" : "-1", "file.delete.delay.ms": "0",
        ])
        for step in 0..<60 {
            switch Int.random(in: 0..<12, using: &random) {
            case 0: try log.partition.rollNow()
            case 1: try log.clean(rolling: false)
            case 2:
                log.clock.advance(byMs: log.config.retentionCheckIntervalMs)
                log.directory.performMaintenance()
            case 3:
                let range =
                    log.partition.logStartOffset.rawValue...log.partition.logEndOffset.rawValue
                try log.partition.deleteRecords(
                    before: Offset(Int64.random(in: range, using: &random)))
            case 4, 5:
                try (step % 2 == 0 ? log.restart : log.crash) {}
                #expect(log.recovery.complaints == [], "seed \(seed), step \(step)")
            default:
                try log.partition.put("\(Int.random(in: 0..<5, using: &random))", "\(step)")
            }
        }
        let offsets = try log.partition.keyedRecords().map(\.offset)
        try log.restart()
        #expect(log.recovery.complaints == [], "seed \(seed)")
        #expect(try log.partition.keyedRecords().map(\.offset) == offsets)
    }
}
