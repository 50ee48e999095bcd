import Foundation
import NIOPosix
import RecordFormat
import Testing

@testable import KafkaClient

@Suite(
    "Consumers of librdkafka's mock brokers",
    .enabled(if: PythonScript.python != nil, PythonScript.comment))
struct MockBrokersTests {
    private func cluster(_ servers: String, _ settings: [String: String] = [:]) throws -> Cluster {
        try Cluster(
            settings: ClientSettings(
                settings.merging(["bootstrap.servers": servers]) { own, _ in own }),
            on: MultiThreadedEventLoopGroup.singleton.next(), logger: .silent)
    }

    @Test("read from three brokers, alone and as a group, what confluent-kafka wrote")
    func readers() async throws {
        let mock = try PythonScript("mock_cluster.py", "3", "4", "orders")
        let servers = try mock.line()
        let script = try PythonScript("write_values.py", "confluent", servers, "orders")
        let written = try JSONDecoder().decode([String: [String]].self, from: script.finish())

        let client = try cluster(servers)
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

        let members = try (0..<2).map { _ in
            RunningMember(
                try cluster(
                    servers,
                    [
                        "group.id": "readers", "auto.offset.reset": "earliest",
                        "heartbeat.interval.ms": "100",
                    ]), topics: ["orders"])
        }
        try await eventually {
            members.allSatisfy { $0.now.owned.count == 2 }
                && Set(members.flatMap(\.now.values)).count == 200
        }
        for one in members { try await one.leave() }
        #expect(members.compactMap(\.now.failure) == [])
        _ = try mock.finish()
    }
}
