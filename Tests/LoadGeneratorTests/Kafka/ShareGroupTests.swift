import Foundation
import KafkaClient
import Logging
import NIOCore
import NIOPosix
import RecordFormat
import Synchronization
import Testing

@testable import LoadGenerator

@Suite("Share groups", .serialized)
struct ShareGroupTests {
    private func broker() throws -> LocalBroker {
        try LocalBroker([
            "group.share.heartbeat.interval.ms": "100",
            "group.share.min.heartbeat.interval.ms": "100",
        ])
    }

    private func profile(_ broker: LocalBroker, _ overrides: String...) throws -> Profile {
        try KafkaTargetTests.profile(
            broker.address,
            [
                "topics.partitions=2", "records=6000", "producers.rate=6000/s",
                "consumers=[{group: sharers, members: 3, group.protocol: share}]",
            ] + overrides)
    }

    @Test(
        "read every record once, more members than partitions, and are at the end when the run is")
    func sharing() async throws {
        let broker = try broker()
        let profile = try profile(broker)
        #expect(profile.consumers[0].assignment == .share)
        let result = try await KafkaTargetTests.run(profile) { _ in }
        #expect(result.failures == [])
        let group = try #require(result.groups.first)
        #expect(group.tally.records == 6_000)
        #expect(group.audit.isClean)
        #expect(group.audit.redelivered == 0)
        #expect(group.audit.largestDeliveryCount == 1)
        #expect(result.drain?.unreadRecords == 0)
        #expect(result.network?.counts.refusedAcknowledgements == 0)
        try broker.end()
    }

    @Test("work on their records, a few at a time, beside a group of another kind")
    func working() async throws {
        let broker = try broker()
        let result = try await KafkaTargetTests.run(
            profile(
                broker, "records=600",
                "consumers=[{group: sharers, members: 3, group.protocol: share, service.time: 200us, "
                    + "config: {max.poll.records: 20}}, {group: others}]"))
        #expect(result.failures == [])
        for group in result.groups {
            #expect(group.tally.records == 600)
            #expect(group.audit.isClean)
        }
        try broker.end()
    }

    @Test("are refused where a group of another kind has the name")
    func otherKind() async throws {
        let broker = try broker()
        _ = try await KafkaTargetTests.run(
            profile(
                broker, "records=60", "consumers=[{group: sharers, group.protocol: consumer}]")
        ) { _ in }
        let profile = try profile(broker, "records=60")
        await #expect {
            _ = try await KafkaTargetTests.run(profile) { _ in }
        } throws: {
            "\($0)".contains("sharers is there already and is no share group: choose another")
        }
        try broker.end()
    }

    @Test("are refused where somebody else is in the group: what he reads is not the run's")
    func others() async throws {
        let broker = try broker()
        _ = try broker.broker.log.createTopic("orders", partitions: 2)
        let cluster = try strangersCluster(broker)
        let starts = (0..<2).map { (TopicPartition(topic: "orders", partition: $0), Offset.zero) }
        try await Administrator(cluster: cluster).alterShareStartOffsets(
            of: "sharers", to: Dictionary(uniqueKeysWithValues: starts))
        let stranger = KafkaShareConsumer(cluster: cluster, topics: ["orders"])
        while try await stranger.assignment().get().isEmpty {
            _ = try await stranger.next(within: .milliseconds(20)).get()
        }
        let profile = try KafkaTargetTests.profile(
            broker.address,
            [
                "topics.existing=true", "records=600",
                "consumers=[{group: sharers, members: 2, group.protocol: share, from: committed}]",
            ])
        await #expect {
            try await onThread {
                let target = try KafkaTarget(
                    profile: profile, created: KafkaTargetTests.created())
                defer { try? target.close() }
                _ = try LoadRun(
                    profile: profile, target: target,
                    pool: try PayloadPool.prepare(for: profile),
                    directory: NSTemporaryDirectory()
                ).run { _ in }
            }
        } throws: {
            "\($0)".contains("has members beside this run's (1, such as stranger at")
        }
        try await stranger.close().get()
        try await cluster.shutdown().get()
        try broker.end()
    }

    @Test("say that somebody has joined the group since: what he reads is his, and not lost")
    func laterOthers() async throws {
        let broker = try broker()
        let cluster = try strangersCluster(broker)
        let stranger = Mutex<KafkaShareConsumer?>(nil)
        let profile = try profile(broker, "interval=100ms")
        let result = try await KafkaTargetTests.run(profile) { _ in
            // What it is given is acknowledged as it asks for more, up to the end of the run.
            @Sendable func take(from consumer: KafkaShareConsumer) {
                consumer.next(within: .milliseconds(20)).whenSuccess { _ in take(from: consumer) }
            }
            stranger.withLock { stranger in
                guard stranger == nil else { return }
                let consumer = KafkaShareConsumer(cluster: cluster, topics: ["orders"])
                take(from: consumer)
                stranger = consumer
            }
        }
        #expect(result.failures == [])
        let group = try #require(result.groups.first)
        #expect(group.audit.isClean)
        #expect(group.audit.takenByOthers > 0)
        #expect(group.tally.records + group.audit.takenByOthers == 6_000)
        #expect(group.otherMembers?.clientID == "stranger")
        #expect(result.verdict == .suspect)
        #expect(
            result.reasons.contains {
                $0.contains("sharers had members beside this run's (1, such as stranger at")
            }, "\(result.reasons)")
        try await stranger.withLock(\.self)?.close().get()
        try await cluster.shutdown().get()
        try broker.end()
    }

    private func strangersCluster(_ broker: LocalBroker) throws -> Cluster {
        let settings = try ClientSettings(ofShareConsumer: [
            "bootstrap.servers": "\(broker.address)", "group.id": "sharers",
            "client.id": "stranger",
        ])
        return Cluster(
            settings: settings, on: MultiThreadedEventLoopGroup.singleton.next(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test("go on where the last run stopped, with from: committed")
    func committed() async throws {
        let broker = try broker()
        _ = try broker.broker.log.createTopic("orders", partitions: 2)
        for _ in 0..<2 {
            let result = try await KafkaTargetTests.run(
                KafkaTargetTests.profile(
                    broker.address,
                    [
                        "topics.existing=true", "records=600",
                        "consumers=[{group: sharers, members: 2, group.protocol: share, from: committed}]",
                    ]))
            #expect(result.failures == [])
            let group = try #require(result.groups.first)
            #expect(group.tally.records == 600)
            #expect(group.audit.foreign == 0)
            #expect(group.audit.isClean)
        }
        try broker.end()
    }
}

@Suite("A profile's share groups")
struct ShareGroupProfileTests {
    @Test("are read, and written as they were read")
    func reading() throws {
        let read = try Profile(
            yaml: """
                target: kafka
                client: {bootstrap.servers: "a:1"}
                topics: {partitions: 2}
                records: 10
                consumers:
                  - {group: g, members: 5, group.protocol: share, config: {max.poll.records: 20}}
                """)
        #expect(read.consumers[0].isShared && read.consumers[0].maxPollRecords == 20)
        #expect(try Profile(yaml: read.resolvedYAML()).consumers == read.consumers)
    }

    @Test(
        "are refused where something has no meaning",
        arguments: [
            (
                "consumers: [{group: g, group.protocol: share, config: {auto.commit.interval.ms: 10}}]",
                "commits nothing"
            ),
            (
                "consumers: [{group: g, group.protocol: share, config: {max.partition.fetch.bytes: 10KiB}}]",
                "set max.poll.records in place of max.partition.fetch.bytes"
            ),
            ("consumers: [{group: g, config: {max.poll.records: 10}}]", "only a share group"),
            (
                "consumers: [{group: g, group.protocol: share}]\n"
                    + "client: {bootstrap.servers: \"a:1\", isolation.level: read_committed}",
                "share.isolation.level"
            ),
            (
                "consumers: [{group: g}]\n"
                    + "client: {bootstrap.servers: \"a:1\", share.acquire.mode: record_limit}",
                "remove share.acquire.mode"
            ),
        ])
    func refusals(text: String, words: String) {
        let client = text.contains("client:") ? "" : "client: {bootstrap.servers: \"a:1\"}\n"
        let faults = ProfileErrorTests.faults("target: kafka\nrecords: 10\n\(client)\(text)\n")
        #expect(faults.contains { $0.contains(words) }, "\(faults)")
    }

    @Test("need a coordinator, which the embedded log has not")
    func embedded() {
        let faults = ProfileErrorTests.faults(
            "consumers: [{group: g, group.protocol: share}]\nrecords: 10\n")
        #expect(faults.contains { $0.contains("has no coordinator") })
    }
}
