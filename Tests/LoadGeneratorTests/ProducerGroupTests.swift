import Foundation
import Measurement
import RecordFormat
import Testing

@testable import LoadGenerator

@Suite("Several groups of producers")
struct ProducerGroupTests {
    private static let text = """
        producers:
          - name: orders
            count: 2
            rate: max
            config: {linger.ms: 1ms, batch.size: 4KiB}
            topics: {name: orders, partitions: 3}
          - name: clicks
            rate: max
            config: {acks: 1, compression.type: lz4}
            payload: {kind: random, size: 100}
            keys: {kind: uniform, cardinality: 10}
            topics: {name: clicks, partitions: 2}
        payload: {kind: orders, pool: 1MiB}
        consumers: [{group: g}]
        warmup: 0s
        records: 3000
        """

    private func profile(_ overrides: String...) throws -> Profile {
        try Profile(yaml: Self.text, overrides: overrides.options)
    }

    @Test("have settings of their own, and the profile's others; they are read back as they were")
    func reading() throws {
        let read = try profile(
            "producers.clicks.config.linger.ms=7ms", "producers.*.payload.pool=2MiB")
        let (orders, clicks) = (read.loads[0].profile, read.loads[1].profile)
        #expect(read.loads.map(\.name) == ["orders", "clicks"])
        #expect(read.producerCount == 3)
        #expect(orders.producers.linger == .milliseconds(1))
        #expect(clicks.producers.linger == .milliseconds(7))
        #expect(orders.producers.enableIdempotence && !clicks.producers.enableIdempotence)
        #expect(orders.payload.kind == .orders && clicks.payload.kind == .random)
        #expect(orders.payload.pool == 2 << 20 && clicks.payload.pool == 2 << 20)
        #expect(clicks.producers.partitioner == .key)
        let topics = read.producedTopics.map { $0.name }
        #expect(topics == ["orders", "clicks"])
        let resolved = try Profile(yaml: read.resolvedYAML())
        #expect(resolved.loads.map(\.profile.producers) == read.loads.map(\.profile.producers))
        #expect(resolved.loads.map(\.profile.payload) == read.loads.map(\.profile.payload))
        #expect(resolved.loads.map(\.profile.keys) == read.loads.map(\.profile.keys))
        #expect(resolved.producedTopics == read.producedTopics)
    }

    @Test(
        "are refused where they are unclear",
        arguments: [
            ("{producers: [{count: 1}]}", "has a name"),
            ("{producers: [{name: a}, {name: a}]}", "two groups of producers 'a'"),
            ("{producers: [{name: a, rat: 5/s}]}", "did you mean 'rate'"),
            ("{producers: [{name: a, count: 0}]}", "has producers"),
            (
                "{producers: [{name: a}, {name: b, topics: {partitions: 2}}]}",
                "write to topic weir with different settings"
            ),
            ("{producers: [{name: a}], roofline: true}", "remove it"),
            (
                "{producers: [{name: a, topics: {name: a, partitions: 10000, count: 6}}, "
                    + "{name: b, topics: {name: b, partitions: 10000, count: 6}}]}",
                "120000 partitions in all"
            ),
        ])
    func refusals(yaml: String, words: String) {
        let faults = ProfileErrorTests.faults(yaml)
        #expect(faults.contains { $0.contains(words) }, "\(faults)")
    }

    @Test("share the members of a group, which reads the topics of all")
    func members() throws {
        let topics = ["a": 6, "b": 1].sorted { $0.key < $1.key }.map {
            "{name: \($0.key), topics: {name: \($0.key), partitions: \($0.value)}}"
        }
        let yaml =
            "{producers: [\(topics.joined(separator: ", "))], consumers: [{group: g, members: %}]}"
        #expect(try Profile(yaml: yaml.replacing("%", with: "7")).consumers[0].members == 7)
        #expect("\(ProfileErrorTests.faults(yaml.replacing("%", with: "8")))".contains("at most 7"))
    }

    @Test("may write to topics that exist, as any of them does, whose partitions nobody knows")
    func existing() throws {
        let topics = "{name: b, topics: {name: b, existing: true}}"
        let yaml = """
            {target: kafka, client: {bootstrap.servers: "localhost:9092"}, \
            producers: [{name: a}, \(topics)], consumers: [{group: g, members: 9}]}
            """
        #expect(try Profile(yaml: yaml).consumers[0].members == 9)
    }

    @Test("offer what their own producers have left of the run's records")
    func offered() throws {
        let profile = try Profile(
            yaml: """
                {records: 1000, warmup: 0s, producers: [{name: a, rate: 10/s}, \
                {name: b, rate: 1k/s, topics: {name: b}}]}
                """)
        let plan = RunPlan(
            profile: profile, start: 0, anchor: ClockAnchor(monotonicNanos: 0, unixNanos: 0))
        // Each has half of the records: b is done after half a second, a goes on.
        #expect(plan.recordsDue(before: 2_000_000_000, of: profile.loads) == 520)
        #expect(plan.recordsDue(before: 100_000_000_000, of: profile.loads) == 1_000)
    }

    @Test("are named in options", arguments: ["rate=5/s", "producers.payments.rate=5/s"])
    func options(option: String) {
        #expect(throws: ProfileErrors.self) { try profile(option) }
    }

    @Test("share a run's records, each on its topics, and every record arrives once")
    func run() throws {
        let profile = try profile()
        let directory = NSTemporaryDirectory() + "weir-groups-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let target = try EmbeddedTarget(path: directory, topics: profile.producedTopics)
        let result = try LoadRun(
            profile: profile, target: target,
            pools: try profile.loads.map { try PayloadPool.prepare(for: $0.profile) },
            directory: NSTemporaryDirectory()
        ).run { _ in }
        let ends = target.partitions.indices.map { target.logEndOffset(of: $0).rawValue }
        try target.close()
        #expect(result.failures == [])
        #expect(result.audit == AuditCounts())
        #expect(result.groups[0].tally.records == 3_000)
        // Two of the three producers write to the first three partitions.
        #expect(ends[..<3].reduce(0, +) == 2_000)
        #expect(ends[3...].reduce(0, +) == 1_000)
        #expect(
            result.notes.contains { $0.hasPrefix("producers orders: 2000 records acknowledged") })
    }
}
