import CommitLog
import Foundation
import RecordFormat
import Testing

@testable import KafkaClient

@Suite(
    "What other implementations write, read by our consumer",
    .enabled(if: PythonScript.python != nil, PythonScript.comment))
struct ReadingOthersTests {
    private func written(by client: String, to broker: RunningBroker) throws -> [Int: [String]] {
        let script = try PythonScript("write_values.py", client, "\(broker.address)", "orders")
        let printed = try script.finish()
        let values = try JSONDecoder().decode([String: [String]].self, from: printed)
        return Dictionary(uniqueKeysWithValues: values.map { (Int($0.key) ?? -1, $0.value) })
    }

    private func read(
        _ count: Int, from broker: RunningBroker, _ settings: [String: String] = [:]
    ) async throws -> [Int: [String]] {
        let cluster = try broker.cluster(settings)
        let consumer = KafkaConsumer(cluster: cluster)
        let partitions = (0..<2).map { TopicPartition(topic: "orders", partition: $0) }
        try await consumer.seek(
            Dictionary(uniqueKeysWithValues: partitions.map { ($0, StartingPosition.earliest) })
        ).get()
        let found = try await consumer.values(count)
        try await cluster.shutdown().get()
        return Dictionary(
            uniqueKeysWithValues: found.map { one, values in
                (Int(one.partition), values.map { String($0.drop { $0 != ":" }.dropFirst()) })
            })
    }

    @Test("is the same, in all five codecs", arguments: ["confluent", "kafka-python", "aiokafka"])
    func codecs(client: String) async throws {
        let broker = try RunningBroker()
        _ = try broker.broker.log.createTopic("orders", partitions: 2)
        let written = try written(by: client, to: broker)
        #expect(written.values.allSatisfy { $0.count == 100 })
        #expect(try await read(200, from: broker) == written)
    }

    @Test(
        "in transactions of which half are aborted, is what was committed; or all, without isolation"
    )
    func transactions() async throws {
        let broker = try RunningBroker()
        _ = try broker.broker.log.createTopic("orders", partitions: 2)
        let committed = try written(by: "transactions", to: broker)
        #expect(committed.values.allSatisfy { $0.count == 24 })
        let isolated = ["isolation.level": "read_committed"]
        #expect(try await read(48, from: broker, isolated) == committed)
        let all = try await read(96, from: broker)
        #expect(all.values.allSatisfy { $0.filter { $0.hasPrefix("abort") }.count == 24 })
    }
}
