import Foundation
import Testing

@testable import LoadGenerator

@Suite("A Kafka target that cannot do what the profile asks", .serialized)
struct KafkaRefusalTests {
    /// The error of opening it, which leaves nothing behind.
    private func error(_ broker: LocalBroker, _ overrides: String...) async throws -> TargetError? {
        let profile = try KafkaTargetTests.profile(broker.address, overrides)
        return try await onThread {
            do throws(TargetError) {
                try KafkaTarget(profile: profile, created: KafkaTargetTests.created()).close()
                return nil
            } catch {
                return error
            }
        }
    }

    private func isUnfit(_ error: TargetError?, _ words: String) -> Bool {
        guard case .unfit(let reason)? = error else { return false }
        return reason.contains(words)
    }

    @Test("says so, each with the remedy")
    func refuses() async throws {
        let broker = try LocalBroker(["message.max.bytes": "5000"])
        #expect(
            isUnfit(
                try await error(broker, "topics.existing=true"), "has no topic orders. Create it"))
        #expect(
            isUnfit(
                try await error(broker, "topics.replication.factor=3"),
                "Set topics.replication.factor to the number of brokers"))
        #expect(
            isUnfit(
                try await error(broker, "producers.config.batch.size=6000"),
                "takes batches of at most max.message.bytes 5000"))
        #expect(broker.topics == [])
        try broker.broker.log.createTopic("orders", partitions: 1)
        #expect(isUnfit(try await error(broker), "topics.existing=true"))
        #expect(broker.topics == ["orders"])
        try broker.end()
    }

    @Test("takes keys of topics that only brokers have, whose word on the value is told")
    func clusterTopicKeys() async throws {
        let broker = try LocalBroker()
        #expect(
            try await error(
                broker, "min.insync.replicas=1", "unclean.leader.election.enable=true",
                "segment.jitter.ms=5s") == nil)
        #expect(
            isUnfit(
                try await error(broker, "min.insync.replicas=2"),
                "INVALID_CONFIG, min.insync.replicas=2 needs 2 brokers"))
        try broker.end()

        #expect {
            _ = try Profile(yaml: "records: 10\n", overrides: ["min.insync.replicas=1"].options)
        } throws: { "\($0)".contains("target: embedded has no such setting") }
    }

    @Test("names the address where nobody answers")
    func unreachable() async throws {
        let profile = try KafkaTargetTests.profile("127.0.0.1:1")
        let start = ContinuousClock.now
        await #expect {
            try await onThread {
                _ = try KafkaTarget(profile: profile, created: KafkaTargetTests.created())
            }
        } throws: { error in
            "\(error)".contains("no Kafka broker answers at 127.0.0.1:1: no connection")
        }
        #expect(ContinuousClock.now - start < .seconds(60))
    }

    @Test(
        "leaves a file of its topics that is read back, and no other is",
        arguments: [
            ("cluster abc\norders\npayments\n", ["orders", "payments"]), ("cluster abc\n", []),
            ("orders\n", nil), ("", nil), ("cluster abc\n../orders\n", nil),
        ] as [(String, [String]?)])
    func leftTopics(text: String, names: [String]?) {
        let left = LeftTopics(text: text)
        #expect(left?.names == names)
        #expect(left.map { $0.text == text && $0.clusterID == "abc" } ?? true)
    }

    @Test(
        "is one that cannot acknowledge with acks all",
        arguments: [
            (2, 1, 1, "Raise topics.replication.factor"), (2, 3, 1, "Start the brokers"),
            (2, 3, 2, nil), (2, 0, 0, nil),
        ] as [(Int, Int, Int, String?)])
    func acksAll(needed: Int, replicas: Int, inSync: Int, words: String?) {
        let refusal = KafkaTopics.refusal(
            of: "orders", needed: needed, replicas: replicas, inSync: inSync)
        #expect(words.map { "\(refusal, default: "")".contains($0) } ?? (refusal == nil))
    }

    @Test(
        "is refused with the profile",
        arguments: [
            ("{target: kafka}", "set client.bootstrap.servers"),
            (
                "{target: kafka, data.dir: /tmp/x, client: {bootstrap.servers: a:1}}",
                "remove data.dir"
            ),
            ("{target: broker, client: {bootstrap.servers: a:1}}", "starts a broker of its own"),
            ("{topics: {existing: true}}", "remove topics.existing"),
            (
                "{target: kafka, client: {bootstrap.servers: a:1, fetch.min.byte: 1}}",
                "did you mean 'fetch.min.bytes'?"
            ),
            (
                "{target: kafka, client: {bootstrap.servers: a:1}, producers: {count: 0}}",
                "add a consumer group"
            ),
            (
                "{producers: {count: 0}, consumers: [{group: g}]}", "topics.existing: true"
            ),
            (
                "{producers: {count: 0}, backlog: {records: 5}, data.dir: x, consumers: [{group: g}]}",
                "a backlog is built by producers"
            ),
            (
                "{target: broker, topics: {name: a}, consumers: [{group: g, subscribe: [b, a]}]}",
                "'a' is the profile's own topic"
            ),
            ("{consumers: [{group: g, subscribe: [b]}]}", "no topics of others"),
            (
                "{target: kafka, client: {bootstrap.servers: a}}",
                "expected host:port, or several with commas between"
            ),
        ])
    func validation(_ yaml: String, _ words: String) {
        let faults = ProfileErrorTests.faults(yaml)
        #expect(faults.contains { $0.contains(words) }, "\(faults)")
    }
}
