import NIOCore
import NIOPosix
import RecordFormat
import Synchronization
import Testing

@testable import KafkaClient

/// What our producer writes, read by others; and others' brokers, written to by our producer.
@Suite(
    "Other implementations", .enabled(if: PythonScript.python != nil, PythonScript.comment))
struct OtherImplementationsTests {
    private static let codecs = [CompressionCodec.none, .gzip, .snappy, .lz4, .zstd]

    /// Sends 20 batches of 5 records to each partition, in every codec by turns.
    private func produce(_ cluster: Cluster, partitions: Int) async throws -> [Int: [String]] {
        let producer = Producer(cluster: cluster)
        try await producer.prepare(topics: ["orders"]).get()
        var batches: [TestBatch] = []
        var values: [Int: [String]] = [:]
        let failures = Mutex<[DeliveryOutcome]>([])
        for round in 0..<20 {
            for index in 0..<partitions {
                let own = (0..<5).map { "\(index)-\(round)-\($0)" }
                let batch = try TestBatch(own, codec: Self.codecs[round % Self.codecs.count])
                batches.append(batch)
                values[index, default: []] += own
                let place = TopicPartition(topic: "orders", partition: Int32(index))
                producer.submit(try batch.lent, to: place) { report in
                    if case .acknowledged = report.outcome { return }
                    failures.withLock { $0.append(report.outcome) }
                }
            }
        }
        try await producer.flush().get()
        #expect(failures.withLock { $0 } == [])
        try await producer.close().get()
        withExtendedLifetime(batches) {}
        return values
    }

    @Test(
        "read from Weir's broker what our producer wrote",
        arguments: ["confluent", "kafka-python", "aiokafka"])
    func readers(client: String) async throws {
        let broker = try RunningBroker()
        let cluster = try broker.cluster()
        try await Administrator(cluster: cluster).create(NewTopic("orders", partitionCount: 3))
        let written = try await produce(cluster, partitions: 3)
        let read = try PythonScript.values(
            client: client, bootstrap: "\(broker.address)", topic: "orders", count: 300)
        #expect(read == written)
        try await cluster.shutdown().get()
    }

    @Test("of brokers, three of librdkafka's mock, take batches from our producer")
    func mockCluster() async throws {
        let mock = try PythonScript("mock_cluster.py", "3", "4", "orders")
        let servers = try mock.line()
        let cluster = try Cluster(
            settings: ClientSettings(["bootstrap.servers": servers]),
            on: MultiThreadedEventLoopGroup.singleton.next(), logger: .silent)
        let written = try await produce(cluster, partitions: 4)
        let nodes = try await cluster.onLoop { cluster in
            Set(
                (0..<4).compactMap {
                    cluster.leader(of: TopicPartition(topic: "orders", partition: $0))?.nodeID
                })
        }
        #expect(nodes.count > 1)
        let read = try PythonScript.values(
            client: "confluent", bootstrap: servers, topic: "orders", count: 400)
        #expect(read == written)
        try await cluster.shutdown().get()
        _ = try mock.finish()
    }
}
