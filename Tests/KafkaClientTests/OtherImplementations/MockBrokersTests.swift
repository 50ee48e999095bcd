import Foundation
import NIOPosix
import RecordFormat
import Testing

@testable import KafkaClient

@Suite(
    "Consumers of librdkafka's mock brokers",
    .enabled(if: PythonScript.python != nil, PythonScript.comment))
struct MockBrokersTests {
    /// Not as a group: the mock announces JoinGroup 6, and reads its count of protocols as that of
    /// version 5.
    @Test("read from three brokers what confluent-kafka wrote")
    func readers() async throws {
        let mock = try PythonScript("mock_cluster.py", "3", "4", "orders")
        let servers = try mock.line()
        let script = try PythonScript("write_values.py", "confluent", servers, "orders")
        let written = try JSONDecoder().decode([String: [String]].self, from: script.finish())

        let client = try Cluster(
            settings: ClientSettings(["bootstrap.servers": servers]),
            on: MultiThreadedEventLoopGroup.singleton.next(), logger: .silent)
        let consumer = KafkaConsumer(cluster: client)
        let partitions = (0..<4).map { TopicPartition(topic: "orders", partition: $0) }
        try await consumer.seek(
            Dictionary(uniqueKeysWithValues: partitions.map { ($0, StartingPosition.earliest) })
        ).get()
        let found = try await consumer.values(200)
        for (one, values) in found {
            let own = values.map { String($0.drop { $0 != ":" }.dropFirst()) }
            #expect(own == written[String(one.partition)])
        }
        #expect(found.count == 2)
        try await consumer.close().get()
        try await client.shutdown().get()

        _ = try mock.finish()
    }
}
