import CommitLog
import NIOCore
import RecordFormat
import Testing

@testable import KafkaClient

@Suite("Consumers whose connections are cut")
struct CutConnectionsTests {
    private let settings = [
        "retry.backoff.ms": "2", "retry.backoff.max.ms": "20", "reconnect.backoff.ms": "2",
        "reconnect.backoff.max.ms": "20", "auto.offset.reset": "earliest",
        "max.partition.fetch.bytes": "1", "fetch.max.wait.ms": "20",
    ]

    /// A broker that clients reach through a proxy, with 300 records in two partitions.
    private func broker(behind proxy: CuttingProxy) throws -> RunningBroker {
        let broker = try RunningBroker([
            "advertised.listeners": "PLAINTEXT://127.0.0.1:\(proxy.port)",
            "group.initial.rebalance.delay.ms": "0",
        ])
        proxy.forward(to: broker.port)
        _ = try broker.broker.log.createTopic("orders", partitions: 2)
        try broker.storeNumbered(0..<300, partitions: 2, in: "orders")
        return broker
    }

    @Test("get every record once, in order", arguments: [3, 7])
    func once(interval: Int) async throws {
        let proxy = try await CuttingProxy(cuttingEvery: interval)
        let broker = try broker(behind: proxy)
        let cluster = try broker.cluster(settings)
        let consumer = KafkaConsumer(cluster: cluster)
        let partitions = (0..<2).map { TopicPartition(topic: "orders", partition: $0) }
        try await consumer.seek(
            Dictionary(uniqueKeysWithValues: partitions.map { ($0, StartingPosition.earliest) })
        ).get()
        let found = try await consumer.values(300)
        for one in partitions {
            let offsets = found[one]?.map { String($0.prefix { $0 != ":" }) }
            #expect(offsets == (0..<150).map(String.init))
        }
        #expect(proxy.cutCount > 2)
        try await cluster.shutdown().get()
        try await proxy.stop()
    }

    @Test("get every record as a group, whose offsets are committed")
    func groups() async throws {
        let proxy = try await CuttingProxy(cuttingEvery: 7)
        let broker = try broker(behind: proxy)
        let group = settings.merging([
            "group.id": "readers", "heartbeat.interval.ms": "50", "auto.commit.interval.ms": "20",
            // Where the answer with a new member's id is lost, the group waits a session for that
            // id.
            "session.timeout.ms": "6000",
        ]) { $1 }
        let members = try (0..<2).map { _ in
            RunningMember(try broker.cluster(group), topics: ["orders"])
        }
        try await eventually { Set(members.flatMap(\.now.values)).count == 300 }
        #expect(proxy.cutCount > 2)
        proxy.stopCutting()
        for one in members { try await one.leave() }
        #expect(members.compactMap(\.now.failure) == [])
        try broker.storeNumbered(300..<306, partitions: 2, in: "orders")
        let next = RunningMember(try broker.cluster(group), topics: ["orders"])
        try await eventually { next.now.values.count >= 6 }
        #expect(Set(next.now.values) == Set((300..<306).map(String.init)))
        try await next.leave()
        try await proxy.stop()
    }
}
