import Foundation
import Testing

@testable import LoadGenerator

/// Runs without producers, against Weir's own broker.
@Suite("A run that only consumes", .serialized)
struct ReadingOthersTests {
    private static func run(
        _ server: String, _ overrides: String...
    ) async throws -> RunResult {
        try await KafkaTargetTests.run(
            KafkaTargetTests.profile(server, ["topics.existing=true"] + overrides))
    }

    @Test("reads what others have written, from a place and so many records")
    func reads() async throws {
        let broker = try LocalBroker()
        try broker.broker.log.createTopic("orders", partitions: 3)
        _ = try await Self.run(broker.address, "consumers=[]")

        let some = try await Self.run(
            broker.address, "producers.count=0", "records=15000",
            "consumers=[{group: g, members: 3}]")
        #expect(some.failures == [])
        #expect(some.verdict != .invalid)
        let tally = some.groups[0].tally
        #expect((15_000..<16_000).contains(tally.records))
        #expect(tally.createTimeLatency.count == tally.records)
        #expect(tally.createTimeLatency.minimum > 0)
        #expect(tally.logicalBytes > 100 * tally.records)
        #expect(tally.endToEndLatency.isEmpty)
        #expect(some.audit.foreign == tally.records && some.audit.isClean)
        #expect(some.drain == nil)

        // Then what it can of the rest, and all from a time before which there is nothing.
        let rest = try await Self.run(
            broker.address, "producers.count=0", "records=null", "duration=200ms", "interval=100ms",
            "consumers=[{group: g, from: committed}]")
        #expect(rest.failures == [])
        #expect(rest.groups[0].tally.records <= 20_000 - tally.records)
        let all = try await Self.run(
            broker.address, "producers.count=0",
            "consumers=[{group: h, from: 2026-01-31T12:00:00Z}]")
        #expect(all.groups[0].tally.records == 20_000)

        let none = try await Self.run(
            broker.address, "producers.count=0", "records=5", "drain.timeout=100ms",
            "consumers=[{group: i, from: 2100-01-01T00:00:00.5Z}]")
        #expect(none.reasons.contains { $0.contains("no record was read") })
        #expect(none.reasons.contains { $0.contains("read 0 of 5 records") })
        try broker.end()
    }

    @Test("is a part of one that also produces, on other topics")
    func otherTopics() async throws {
        let broker = try LocalBroker()
        try broker.broker.log.createTopic("invoices", partitions: 2)
        _ = try await Self.run(
            broker.address, "topics.name=invoices", "consumers=[]", "records=3000")
        let result = try await KafkaTargetTests.run(
            KafkaTargetTests.profile(
                broker.address,
                ["records=2000", "consumers=[{group: g}, {group: h, subscribe: [invoices]}]"]))
        #expect(result.failures == [])
        #expect(result.groups.map(\.tally.records) == [2_000, 3_000])
        #expect(result.groups[0].audit == AuditCounts())
        #expect(result.groups[0].tally.createTimeLatency.isEmpty)
        #expect(result.groups[1].audit.foreign == 3_000)
        #expect(result.groups[1].tally.createTimeLatency.count == 3_000)
        #expect(result.drain?.isComplete == true)
        #expect(broker.topics == ["invoices"])
        try broker.end()
    }

    @Test("counts every record of a kept log, since it does not read before its start")
    func keptLog() throws {
        let path = NSTemporaryDirectory() + "weir-kept-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        func run(_ overrides: String...) throws -> RunResult {
            let profile = try Profile(
                yaml: """
                    data.dir: \(path)
                    producers: {rate: max, config: {batch.size: 4KiB}}
                    payload: {kind: random, size: 100, pool: 1MiB}
                    warmup: 0s
                    records: 3000
                    """, overrides: overrides.options)
            let target = try EmbeddedTarget(path: path, topics: profile.topics)
            let result = try LoadRun(
                profile: profile, target: target, pool: try PayloadPool.prepare(for: profile),
                directory: NSTemporaryDirectory()
            ).run { _ in }
            try target.close()
            return result
        }
        #expect(try run().producers.ackedRecords == 3_000)
        let read = try run("producers.count=0", "consumers=[{group: g}, {group: h}]")
        #expect(read.groups.map(\.tally.records) == [3_000, 3_000])
        #expect(read.groups.allSatisfy { $0.tally.logicalBytes == 300_000 })
        #expect(read.verdict != .invalid)
    }

    @Test(
        "has a time to begin at, in UTC",
        arguments: [
            ("2026-01-31T12:00:00Z", 1_769_860_800_000), ("1970-01-01T00:00:01.250Z", 1_250),
            ("1969-12-31T23:59:59Z", nil), ("yesterday", nil),
        ] as [(String, Int64?)])
    func times(text: String, millis: Int64?) {
        #expect(UTCMillis.parse(text) == millis)
        if let millis { #expect(UTCMillis.text(millis) == text) }
    }

    @Test("reads a kept log, and its profile is read back as it was")
    func embedded() throws {
        let profile = try Profile(
            yaml: """
                producers: {count: 0}
                data.dir: /tmp/kept
                consumers: [{group: g, from: 2026-01-31T12:00:00Z}]
                """)
        #expect(profile.onlyConsumes && profile.warmup == .zero)
        #expect(profile.consumers[0].from == .time(unixMillis: 1_769_860_800_000))
        var resolved = try Profile(yaml: profile.resolvedYAML())
        resolved.name = profile.name
        #expect(resolved == profile)
    }
}
