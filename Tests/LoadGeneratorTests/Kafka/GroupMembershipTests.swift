import Foundation
import KafkaClient
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import LoadGenerator

@Suite("Groups whose members join", .serialized)
struct GroupMembershipTests {
    private func broker() throws -> LocalBroker {
        try LocalBroker([
            "group.initial.rebalance.delay.ms": "0", "group.consumer.heartbeat.interval.ms": "100",
            "group.consumer.min.heartbeat.interval.ms": "100",
        ])
    }

    private func profile(_ broker: LocalBroker, _ overrides: String...) throws -> Profile {
        try KafkaTargetTests.profile(
            broker.address,
            [
                "topics.partitions=6", "records=6000", "producers.rate=6000/s",
                "consumers=[{group: readers, members: 3, group.protocol: consumer}]",
            ] + overrides)
    }

    /// Joins the group, waits until it has partitions, and leaves; it commits nothing.
    private func visit(_ broker: LocalBroker, within time: Duration) async throws {
        let cluster = Cluster(
            settings: try ClientSettings([
                "bootstrap.servers": broker.address, "group.id": "readers",
                "group.protocol": "consumer", "enable.auto.commit": "false",
            ]), on: MultiThreadedEventLoopGroup.singleton.next(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let visitor = KafkaGroupConsumer(cluster: cluster, topics: ["orders"])
        let deadline = ContinuousClock.now + time
        while try await visitor.assignment().get().isEmpty, ContinuousClock.now < deadline {
            _ = try await visitor.next(within: .milliseconds(10)).get()
        }
        try await visitor.close().get()
        try await cluster.shutdown().get()
    }

    @Test("read every record once while partitions move, and say how many did")
    func moves() async throws {
        let broker = try broker()
        let profile = try profile(broker, "producers.rate=2000/s")
        #expect(profile.consumers[0].assignment == .consumer)
        let hasBegun = StopFlag()
        async let visits: Void = {
            while !hasBegun.isSet { try await Task.sleep(for: .milliseconds(1)) }
            try await visit(broker, within: .seconds(10))
        }()
        let result = try await KafkaTargetTests.run(profile) { _ in hasBegun.set() }
        try await visits
        #expect(result.failures == [])
        let group = try #require(result.groups.first)
        #expect(group.tally.records == 6_000)
        #expect(group.audit.isClean)
        #expect(result.network?.counts.partitionMoves ?? 0 > 0)
        #expect(result.drain?.unreadRecords == 0)
        try broker.end()
    }

    @Test("are led by one of them by the classic protocol")
    func classic() async throws {
        let broker = try broker()
        let result = try await KafkaTargetTests.run(
            profile(
                broker,
                "consumers=[{group: readers, members: 2, group.protocol: classic}, {group: others}]"
            ))
        #expect(result.failures == [])
        for group in result.groups {
            #expect(group.tally.records == 6_000)
            #expect(group.audit.isClean)
        }
        try broker.end()
    }

    @Test("commit, so that a later run goes on where the last one stopped")
    func committed() async throws {
        let broker = try broker()
        _ = try broker.broker.log.createTopic("orders", partitions: 6)
        let existing = [
            "topics.existing=true", "topics.partitions=6", "records=600",
            "consumers=[{group: readers, members: 2, group.protocol: consumer, from: committed}]",
        ]
        for _ in 0..<2 {
            let result = try await KafkaTargetTests.run(
                KafkaTargetTests.profile(
                    broker.address, existing.filter { $0 != "topics.partitions=6" }))
            #expect(result.failures == [])
            let group = try #require(result.groups.first)
            #expect(group.tally.records == 600)
            #expect(group.audit.foreign == 0)
            #expect(group.audit.isClean)
        }
        try broker.end()
    }

    @Test("need a coordinator, which the embedded log has not")
    func embedded() {
        #expect {
            _ = try Profile(
                yaml: "consumers: [{group: readers, group.protocol: consumer}]\nrecords: 10\n",
                overrides: [])
        } throws: { "\($0)".contains("has no coordinator") }
    }
}
