import CommitLog
import KafkaProtocol
import NIOCore
import RecordFormat
import Testing

@testable import KafkaClient

@Suite("A consumer of Weir's broker")
struct KafkaConsumerTests {
    private let first = TopicPartition(topic: "orders", partition: 0)
    private let second = TopicPartition(topic: "orders", partition: 1)

    @Test("reads every record of its partitions once, in order, and goes on at the end")
    func reading() async throws {
        let broker = try RunningBroker()
        _ = try broker.broker.log.createTopic("orders", partitions: 2)
        try broker.storeNumbered(0..<60, partitions: 2, in: "orders")
        let cluster = try broker.cluster()
        let consumer = KafkaConsumer(cluster: cluster)
        try await consumer.seek([first: .earliest, second: .offset(Offset(3))]).get()
        let found = try await consumer.values(57)
        let numbers = (0..<60).map { "\($0 / 6 * 3 + $0 % 3):\($0)" }
        let stored = (0..<2).map { index in
            numbers.enumerated().filter { $0.offset / 3 % 2 == index }.map(\.element)
        }
        #expect(found[first] == stored[0])
        #expect(found[second] == Array(stored[1].dropFirst(3)))

        try broker.storeNumbered(60..<66, partitions: 2, in: "orders")
        let more = try await consumer.values(6)
        #expect(
            more == [first: ["30:60", "31:61", "32:62"], second: ["30:63", "31:64", "32:65"]])
        try await consumer.close().get()
        try await cluster.shutdown().get()
    }

    @Test("reads little by little where little is fetched at once")
    func smallFetches() async throws {
        let broker = try RunningBroker()
        _ = try broker.broker.log.createTopic("orders", partitions: 2)
        try broker.storeNumbered(0..<60, partitions: 2, in: "orders")
        let cluster = try broker.cluster([
            "max.partition.fetch.bytes": "1", "fetch.max.bytes": "200",
        ])
        let consumer = KafkaConsumer(cluster: cluster)
        try await consumer.seek([first: .earliest, second: .earliest]).get()
        #expect(try await consumer.values(60).mapValues(\.count) == [first: 30, second: 30])
        try await cluster.shutdown().get()
    }

    @Test("begins by time, and at the end")
    func startingPositions() async throws {
        let broker = try RunningBroker()
        _ = try broker.broker.log.createTopic("orders", partitions: 1)
        try broker.storeNumbered(0..<9, partitions: 1, in: "orders")
        let cluster = try broker.cluster()
        let consumer = KafkaConsumer(cluster: cluster)
        // All records are of the first millisecond of 1970.
        try await consumer.seek([first: .timestamp(1)]).get()
        #expect(try await consumer.values(9)[first]?.first == "0:0")
        try await consumer.seek([first: .timestamp(2)]).get()
        try await eventuallyFetching(consumer)
        try broker.storeNumbered(9..<12, partitions: 1, in: "orders")
        #expect(try await consumer.values(3)[first]?.first == "9:9")
        try await cluster.shutdown().get()
    }

    @Test("says that the log does not have an offset, and goes on after a seek")
    func outOfRange() async throws {
        let broker = try RunningBroker()
        _ = try broker.broker.log.createTopic("orders", partitions: 1)
        try broker.storeNumbered(0..<3, partitions: 1, in: "orders")
        let cluster = try broker.cluster(["auto.offset.reset": "none"])
        let consumer = KafkaConsumer(cluster: cluster)
        try await consumer.seek([first: .offset(Offset(77))]).get()
        await #expect(throws: ConsumerError.noPosition(first, Offset(77))) {
            _ = try await consumer.next(within: .seconds(30)).get()
        }
        try await consumer.seek([first: .offset(Offset(1))]).get()
        #expect(try await consumer.values(2)[first] == ["1:1", "2:2"])
        try await cluster.shutdown().get()
    }

    @Test("waits for a topic that is not there yet")
    func lateTopic() async throws {
        let broker = try RunningBroker(["auto.create.topics.enable": "false"])
        let cluster = try broker.cluster()
        let consumer = KafkaConsumer(cluster: cluster)
        try await consumer.seek([first: .earliest]).get()
        #expect(try await consumer.next(within: .milliseconds(50)).get() == nil)
        _ = try broker.broker.log.createTopic("orders", partitions: 1)
        try broker.storeNumbered(0..<3, partitions: 1, in: "orders")
        #expect(try await consumer.values(3)[first] == ["0:0", "1:1", "2:2"])
        try await cluster.shutdown().get()
    }

    @Test("reads a topic that is deleted and created anew from its beginning", arguments: [1, 5])
    func recreatedTopic(_ newCount: Int) async throws {
        let broker = try RunningBroker(["auto.create.topics.enable": "false"])
        _ = try broker.broker.log.createTopic("orders", partitions: 1)
        try broker.storeNumbered(0..<3, partitions: 1, in: "orders")
        let cluster = try broker.cluster(["auto.offset.reset": "earliest"])
        let consumer = KafkaConsumer(cluster: cluster)
        try await consumer.seek([first: .offset(.zero)]).get()
        #expect(try await consumer.values(3)[first] == ["0:0", "1:1", "2:2"])
        try broker.broker.log.deleteTopic("orders")
        _ = try broker.broker.log.createTopic("orders", partitions: 1)
        // As many records as there were, and more: the old position is in the new log, too.
        try broker.storeNumbered(10..<10 + newCount * 3, partitions: 1, in: "orders")
        let found = try await consumer.values(newCount * 3)[first]
        #expect(found == (0..<newCount * 3).map { "\($0):\($0 + 10)" })
        try await consumer.close().get()
        try await cluster.shutdown().get()
    }

    @Test("gives those who wait nothing more once it is closed")
    func closing() async throws {
        let broker = try RunningBroker()
        _ = try broker.broker.log.createTopic("orders", partitions: 1)
        let cluster = try broker.cluster()
        let consumer = KafkaConsumer(cluster: cluster)
        try await consumer.seek([first: .earliest]).get()
        async let waiting = consumer.next(within: .seconds(300)).get()
        try await eventuallyFetching(consumer)
        try await consumer.close().get()
        #expect(try await waiting == nil)
        try await cluster.shutdown().get()
    }

    /// The consumer knows its place.
    private func eventuallyFetching(_ consumer: KafkaConsumer) async throws {
        try await eventually {
            try await consumer.cluster.eventLoop.submit {
                consumer.fetcher.state.partitions[first]?.phase == .fetching
            }.get()
        }
    }
}
