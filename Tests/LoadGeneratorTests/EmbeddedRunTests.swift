import CommitLog
import Foundation
import Measurement
import RecordFormat
import Testing

@testable import LoadGenerator

/// Whole runs, with their threads, on the real engine and on the target that discards.
@Suite("A run on the real engine", .serialized)
final class EmbeddedRunTests {
    private let directory: String

    init() throws {
        directory = NSTemporaryDirectory() + "weir-run-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: directory)
    }

    private func profile(_ yaml: String) throws -> Profile {
        try Profile(yaml: "interval: 100ms\n" + yaml, overrides: ["payload.pool=1MiB"])
    }

    private func run(
        _ profile: Profile, observe: (IntervalReport) -> Void = { _ in }
    ) throws -> RunResult {
        let target: any LoadTarget =
            profile.target == .discard
            ? DiscardTarget(topics: profile.topics)
            : try EmbeddedTarget(path: directory, topics: profile.topics)
        let result = try LoadRun(
            profile: profile, target: target, pool: try PayloadPool.prepare(for: profile),
            directory: NSTemporaryDirectory()
        ).run(observe)
        try target.close()
        return result
    }

    @Test func `has the CPU time of threads that ended within its only interval`() throws {
        let profile = try Profile(
            yaml: """
                interval: 1h
                producers: {rate: max}
                consumers: [{group: a}]
                records: 200k
                """, overrides: ["payload.pool=1MiB"])
        let figures = RunFigures(of: try run(profile), profile: profile).values
        let names = ["producer_cpu_s", "consumer_cpu_s", "log_cpu_s"]
        let seconds = names.map { figures[$0]?.number ?? 0 }
        #expect(seconds.allSatisfy { $0 > 0.000_1 })
        // The appends are among what the producers' threads did.
        #expect(seconds[2] < seconds[0])
    }

    @Test func `records of a log keep their headers`() throws {
        let headers = RecordHeaders([("trace", Array("00-4bf9".utf8))])
        var builder = try RecordBatchBuilder(batchSize: 1 << 16, compression: .zstd(3))
        for record in 0..<100 {
            let value = Array("record \(record)".utf8)
            let isAppended = builder.append(timestamp: 0, key: nil, value: value, headers: headers)
            #expect(isAppended)
        }
        try builder.seal()
        let file = directory + "-source.log"
        try unsafe Data(builder.sealedBytes).write(to: URL(filePath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        let result = try run(
            profile(
                """
                producers: {rate: 1k/s}
                payload: {kind: corpus, file: \(file), format: segments}
                consumers: [{group: a}]
                warmup: 0ms
                duration: 300ms
                """))
        #expect(result.audit == AuditCounts() && result.failures == [])
        #expect(result.producers.ackedRecords == 300)
        // Twelve bytes of headers, and values of eight or nine.
        #expect((6_000...6_300).contains(result.producers.logicalBytes))
        #expect(result.groups.map(\.tally.logicalBytes) == [result.producers.logicalBytes])
        let stored = try CorpusTests.prepare(directory, "format: segments")
        #expect(stored.count == 300)
        for place in 0..<300 {
            let own = unsafe Array(stored.headers(place))
            #expect(own == headers.bytes)
        }
    }

    @Test func `every record of the schedule arrives once, in every group`() throws {
        let result = try run(
            profile(
                """
                topics: {partitions: 3}
                producers: {count: 2, threads: 2, rate: 5k/s, config: {compression.type: zstd}}
                keys: {kind: payload}
                consumers: [{group: a, members: 2}, {group: b}]
                warmup: 200ms
                duration: 600ms
                """))
        #expect(result.producers.ackedRecords == 3_000)
        #expect(result.groups.map(\.tally.records) == [3_000, 3_000])
        #expect(result.audit == AuditCounts())
        #expect(result.failures == [])
        #expect(result.drain?.isComplete == true)
        #expect(result.groups.allSatisfy { $0.tally.endToEndLatency.count == 3_000 })
    }

    @Test(arguments: ["5k/s", "{steps: [{rate: 2k/s, for: 250ms}, {rate: 6k/s, for: 1h}]}"])
    func `what is offered is what was due, where a number of records ends the run`(
        rate: String
    ) throws {
        var offered = 0.0
        var sent: UInt64 = 0
        _ = try run(
            profile(
                """
                producers: {count: 3, rate: \(rate)}
                consumers: [{group: a}]
                warmup: 200ms
                records: 1_234
                """)
        ) { report in
            offered += report.offeredRecords ?? .nan
            sent += report.producers.sentRecords
            if report.phase == .drain { #expect(report.offeredRecords == 0) }
        }
        #expect(offered == Double(sent))
        #expect(sent > 1_234)
    }

    @Test func `a closed loop offers nothing that could be counted`() throws {
        _ = try run(
            profile(
                """
                producers: {rate: max}
                consumers: [{group: a}]
                warmup: 0s
                duration: 200ms
                """)
        ) { #expect($0.offeredRecords == nil) }
    }

    @Test func `the intervals of a run add up to its totals`() throws {
        var (acked, consumed): (UInt64, UInt64) = (0, 0)
        let result = try run(
            profile(
                """
                producers: {rate: {poisson: 4k/s}}
                consumers: [{group: a}]
                warmup: 150ms
                duration: 500ms
                """)
        ) { report in
            acked += report.measuredProducers.ackedRecords
            consumed += report.measuredGroups[0].tally.records
        }
        #expect(acked == result.producers.ackedRecords)
        #expect(consumed == acked)
    }

    @Test func `a number of records is met exactly`() throws {
        let result = try run(
            profile(
                """
                producers: {count: 3, rate: 20k/s}
                consumers: [{group: a}]
                warmup: 100ms
                records: 1001
                """))
        #expect(result.producers.ackedRecords == 1_001)
        #expect(result.groups[0].tally.records == 1_001)
    }

    @Test func `a generator that cannot keep its rate is called the limit`() throws {
        let result = try run(
            profile(
                """
                target: discard
                producers: {rate: 20M/s}
                payload: {kind: zeros, size: 10}
                warmup: 0s
                duration: 200ms
                send.grace: 300ms
                """))
        #expect(result.verdict == .generatorBound)
        // Every record that was due was sent or is counted.
        #expect(result.unsentRecords > 0)
        #expect(result.producers.sentRecords + result.unsentRecords == 4_000_000)
        #expect(result.reasons.contains { $0.contains("\(result.unsentRecords) records were due") })
        // The grace, and what a thread of a busy machine takes to notice.
        #expect(result.sendingNanos < 5_000_000_000)
    }

    @Test func `a later run resumes where its group left off`() throws {
        let first = try profile(
            """
            producers: {rate: 5k/s}
            consumers: [{group: a}]
            warmup: 0s
            duration: 200ms
            """)
        #expect(try run(first).groups[0].tally.records == 1_000)
        let resumed = try profile(
            """
            producers: {rate: 5k/s}
            consumers: [{group: a, from: committed}, {group: replay, from: earliest}]
            warmup: 0s
            duration: 200ms
            """)
        let result = try run(resumed)
        #expect(result.groups.map(\.audit.foreign) == [0, 1_000])
        #expect(result.groups.map(\.tally.records) == [1_000, 1_000])
        #expect(result.audit.isClean)
    }

    @Test func `a backlog is built with the consumers paused, then drained`() throws {
        var lagWhileProducing: Int64 = 0
        let result = try run(
            profile(
                """
                producers: {rate: max}
                consumers: [{group: a}]
                warmup: 0s
                backlog: {records: 20k}
                """)
        ) { report in
            if report.phase != .drain {
                lagWhileProducing = max(lagWhileProducing, report.lag[0].records)
            }
        }
        #expect(lagWhileProducing == 20_000)
        #expect(result.drain?.records == 20_000)
        #expect(result.drain?.isComplete == true)
        #expect(result.groups[0].tally.records == 20_000)
    }

    @Test(
        arguments: [
            ["compression.type": "lz4"], ["message.timestamp.type": "LogAppendTime"],
            [
                "cleanup.policy": "compact", "segment.bytes": "20000",
                "min.cleanable.dirty.ratio": "0.01",
            ],
        ], ["true", "false"])
    func `a topic that changes batches is audited like any other`(
        config: [String: String], idempotence: String
    ) throws {
        let log = try LogDirectory(path: directory)
        try log.createTopic("weir", partitions: 2, config: config)
        try log.close()
        let result = try run(
            profile(
                """
                topics: {name: weir, partitions: 2}
                producers:
                  count: 2
                  rate: 20k/s
                  partitioner: key
                  config: {compression.type: zstd, enable.idempotence: \(idempotence), batch.size: 4KiB}
                keys: {kind: uniform, cardinality: 20}
                consumers: [{group: a}]
                warmup: 0s
                duration: 500ms
                """))
        #expect(result.producers.ackedRecords == 10_000)
        #expect(result.audit.isClean)
        #expect(result.groups[0].tally.records + result.audit.superseded == 10_000)
        #expect(result.failures == [])
    }

    @Test func `a segment that is cut short before it is read has lost what was behind the cut`()
        throws
    {
        var expected: UInt64 = 0
        let result = try run(
            profile(
                """
                topics: {config: {segment.bytes: 1100000}}
                producers: {rate: max, config: {batch.size: 16KiB}}
                payload: {kind: random, size: 1000}
                consumers: [{group: a}]
                warmup: 0s
                backlog: {records: 100k}
                """)
        ) { report in
            guard report.phase != .drain, report.lag[0].records > 2_000, expected == 0 else {
                return
            }
            do {
                expected = try cutFirstSegment(keepingBytes: 500_000)
            } catch {
                Issue.record(error)
            }
        }
        #expect(expected > 0)
        #expect(result.verdict == .invalid)
        #expect(result.audit.lost == 100_000 - expected)
        #expect(result.groups[0].tally.records == expected)
        #expect(result.audit.corrupt == 0)
        #expect(result.audit.firstPlace(of: .lost)?.sequence == expected)
        #expect(
            result.failures.contains { $0.contains("cannot be read on from offset \(expected)") })
    }

    /// Cuts the log's first segment and returns how many records are whole before the cut.
    private func cutFirstSegment(keepingBytes count: Int) throws -> UInt64 {
        let path = directory + "/weir-0/00000000000000000000.log"
        let bytes = try #require(FileManager.default.contents(atPath: path)).prefix(count)
        var (position, records) = (0, UInt64(0))
        while position + 61 <= bytes.count {
            func field(_ offset: Int) -> Int {
                bytes[(position + offset)..<(position + offset + 4)].reduce(0) { $0 << 8 | Int($1) }
            }
            guard position + field(8) + 12 <= bytes.count else { break }
            records += UInt64(field(57))
            position += field(8) + 12
        }
        #expect(position < count)
        let file = try FileHandle(forUpdating: URL(filePath: path))
        try file.truncate(atOffset: UInt64(count))
        try file.close()
        return records
    }

    @Test func `a stop ends the run at once and keeps what was measured`() throws {
        let profile = try profile(
            """
            producers: {rate: 5k/s}
            consumers: [{group: a}]
            warmup: 0s
            duration: 1h
            """)
        let target = try EmbeddedTarget(path: directory, topics: profile.topics)
        let load = LoadRun(
            profile: profile, target: target, pool: try PayloadPool.prepare(for: profile),
            directory: NSTemporaryDirectory())
        let result = try load.run { report in
            if report.elapsedNanos > 300_000_000 { load.requestStop() }
        }
        try target.close()
        #expect(result.wasStopped)
        let interruption = try #require(result.interruption)
        #expect(interruption.phase == .run)
        #expect(interruption.plannedNanos == 3_600_000_000_000)
        #expect(interruption.afterNanos < result.measuredNanos + 1_000_000_000)
        #expect(result.verdict == .suspect)
        #expect(result.reasons.contains { $0.contains("was interrupted after") })
        #expect(result.producers.ackedRecords > 0)
        #expect(result.groups[0].tally.records == result.producers.ackedRecords)
        #expect(result.audit.isClean)
    }

    @Test func `durable producers share their flushes`() throws {
        let result = try run(
            profile(
                """
                topics: {config: {flush.messages: 1}}
                producers:
                  count: 16
                  rate: max
                  config: {batch.size: 2KiB, linger.ms: 0, max.in.flight.requests.per.connection: 1}
                warmup: 0s
                records: 4k
                """))
        let flushes = try #require(result.machine.flushes)
        #expect(result.producers.ackedBatches > 16)
        #expect(flushes > 0)
        // One each would be 1; sixteen that share are 1/16. Half of that is still sharing.
        #expect(Double(flushes) <= Double(result.producers.ackedBatches) / 4)
    }
}
