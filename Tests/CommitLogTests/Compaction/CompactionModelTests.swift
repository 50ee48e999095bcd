import RecordFormat
import Testing

@testable import CommitLog

/// What was appended, remembered in dictionaries.
private struct Model {
    var all: [Int64: KeyedRecord] = [:]
    var latest: [String: Int64] = [:]

    mutating func append(_ records: [KeyedRecord], at base: Int64) {
        for (index, record) in records.enumerated() {
            all[base + Int64(index)] = record
            latest[record.key ?? ""] = base + Int64(index)
        }
    }

    /// What a reader from the start may see: records that were appended, in offset order, and of each key
    /// the latest as the last, unless that is a tombstone, which may be gone.
    func verify(_ records: [(offset: Int64, record: KeyedRecord)], _ comment: Comment) {
        var last: [String: Int64] = [:]
        var previous: Int64 = -1
        for (offset, record) in records {
            #expect(offset > previous, comment)
            previous = offset
            #expect(all[offset] == record, comment)
            last[record.key ?? ""] = offset
        }
        for (key, offset) in latest {
            if all[offset]?.value == nil, last[key] == nil { continue }
            #expect(last[key] == offset, "\(key), \(comment)")
        }
    }
}

@Suite struct `Compaction against a model` {
    private static let codecs: [Compression] = [.none, .none, .gzip(1), .snappy, .lz4(), .zstd(1)]

    private func randomRecords(_ random: inout SeededGenerator, _ nowMs: Int64) -> [KeyedRecord] {
        (0..<Int.random(in: 1...6, using: &random)).map { _ in
            let isTombstone = Int.random(in: 0..<5, using: &random) == 0
            return KeyedRecord(
                key: "key-\(Int.random(in: 0..<30, using: &random))",
                value: isTombstone ? nil : "\(UInt64.random(in: 0...UInt64.max, using: &random))",
                timestamp: nowMs - Int64.random(in: 0...50, using: &random))
        }
    }

    @Test(arguments: 0..<6)
    func `a reader sees each key's latest record, whatever was cleaned when`(run: Int) throws {
        var random = SeededGenerator(salt: UInt64(run))
        let log = try TestLog.compacted(
            [
                "segment.bytes": "1500", "index.interval.bytes": "300",
                "delete.retention.ms": "500", "message.timestamp.type": "CreateTime",
            ],
            // 85 slots: many rounds do not map everything.
            directory: ["log.cleaner.dedupe.buffer.size": run % 2 == 0 ? "2048" : "1048576"])
        var model = Model()
        var cleanings = 0
        for step in 0..<250 {
            let comment: Comment = "WEIR_TEST_SEED=\(random.seed), step \(step)"
            switch Int.random(in: 0..<14, using: &random) {
            case 0:
                let partition = log.partition
                let snapshot = model
                // At every step of the swap, too.
                let read: @Sendable () -> Void = {
                    do {
                        snapshot.verify(try partition.keyedRecords(), comment)
                    } catch {
                        Issue.record("\(error), \(comment)")
                    }
                }
                let isRolling = Bool.random(using: &random)
                let report = try NameChanges.$observer.withValue(
                    read, operation: { try log.clean(rolling: isRolling) })
                if report != nil { cleanings += 1 }
            case 1: log.clock.advance(byMs: Int64.random(in: 0...400, using: &random))
            case 2 where step % 3 == 0: try log.restart()
            case 3 where step % 3 == 0: try log.crash()
            default:
                let records = randomRecords(&random, log.clock.nowMs)
                let compression = Self.codecs.randomElement(using: &random) ?? .none
                let result = try log.partition.append(
                    bytes: keyedBatch(records, compression: compression))
                model.append(records, at: result.baseOffset.rawValue)
            }
            if step % 10 == 0 {
                model.verify(try log.partition.keyedRecords(maxBytes: 700), comment)
            }
        }
        log.clock.advance(byMs: 501)
        try log.partition.put("end", "1")
        model.append(
            [KeyedRecord(key: "end", value: "1")], at: log.partition.logEndOffset.rawValue - 1)
        while try log.clean() != nil { cleanings += 1 }
        let comment: Comment = "WEIR_TEST_SEED=\(random.seed)"
        let records = try log.partition.keyedRecords()
        model.verify(records, comment)
        // Nothing that is superseded is left.
        #expect(Set(records.map(\.record.key)).count == records.count, comment)
        #expect(cleanings > 3, comment)
        #expect(log.directory.backgroundFaults == [], comment)
        for offset in stride(from: Int64(0), to: log.partition.logEndOffset.rawValue, by: 7) {
            let found = try log.partition.keyedRecords(from: Offset(offset), maxBytes: 1)
            #expect(found.map(\.offset) == records.map(\.offset).filter { $0 >= offset }, comment)
        }
    }

    @Test func `readers on other threads see it, too, while segments are replaced`() throws {
        let log = try TestLog.compacted(["segment.bytes": "2000", "index.interval.bytes": "200"])
        var random = SeededGenerator(salt: 99)
        var model = Model()
        for _ in 0..<150 {
            let records = randomRecords(&random, log.clock.nowMs)
            let result = try log.partition.append(bytes: keyedBatch(records))
            model.append(records, at: result.baseOffset.rawValue)
        }
        let partition = log.partition
        let reads = LockedValue(0)
        let isOver = LockedValue(false)
        let snapshot = model
        let readers = (0..<2).map { index in
            let thread = WorkerThread(name: "reader-\(index)")
            thread.submit {
                while !isOver.value || reads.value < 4 {
                    do {
                        snapshot.verify(
                            try partition.keyedRecords(maxBytes: index == 0 ? 300 : 1 << 20),
                            "reader \(index)")
                        _ = try partition.offset(forTimestamp: testTimeMs - 25)
                    } catch {
                        Issue.record("\(error)")
                        return
                    }
                    reads.change { $0 += 1 }
                }
            }
            thread.start { nil }
            return thread
        }
        // What is cleaned again and again is all of it, from the first segment on.
        for _ in 0..<12 {
            try log.partition.rollNow()
            log.directory.flusher.waitUntilIdle()
            _ = try CleaningRound(
                partition: partition,
                range: try partition.cleanableRange(
                    cleanedThrough: .zero, nowMs: log.clock.nowMs),
                config: log.config, nowMs: log.clock.nowMs,
                throttle: CleanerThrottle(
                    bytesPerSecond: .greatestFiniteMagnitude)
            ).run()
        }
        isOver.change { $0 = true }
        for reader in readers { reader.stop() }
        #expect(reads.value >= 4)
    }
}
