import NIOCore
import RecordFormat
import Synchronization
import Testing

@testable import KafkaClient

@Suite("A producer whose connections are cut")
struct LostAnswersTests {
    @Test("stores each batch once, in order, though answers are lost", arguments: [3, 7])
    func once(interval: Int) async throws {
        let proxy = try await CuttingProxy(cuttingEvery: interval)
        let broker = try RunningBroker([
            "advertised.listeners": "PLAINTEXT://127.0.0.1:\(proxy.port)"
        ])
        proxy.forward(to: broker.port)
        try broker.broker.log.createTopic("orders", partitions: 2)
        let cluster = try broker.cluster([
            "bootstrap.servers": "127.0.0.1:\(proxy.port)", "retry.backoff.ms": "2",
            "retry.backoff.max.ms": "20", "reconnect.backoff.ms": "2",
            "reconnect.backoff.max.ms": "20",
        ])
        let producer = Producer(cluster: cluster)
        // Which answers are cut is drawn, and those that come together are cut once: it goes on until some were.
        var batches: [TestBatch] = []
        let unacknowledged = Mutex<[DeliveryOutcome]>([])
        while batches.count < 200 || (proxy.cutCount <= 2 && batches.count < 2_000) {
            let index = batches.count
            let batch = try TestBatch(["value \(index)"])
            batches.append(batch)
            let partition = TopicPartition(topic: "orders", partition: Int32(index % 2))
            producer.submit(try batch.lent, to: partition) { report in
                if case .acknowledged = report.outcome { return }
                unacknowledged.withLock { $0.append(report.outcome) }
            }
            if index % 20 == 19 { try await producer.flush().get() }
        }
        try await producer.flush().get()
        #expect(unacknowledged.withLock { $0 } == [])
        #expect(proxy.cutCount > 2)
        proxy.stopCutting()
        for index in 0..<2 {
            let values = try RecordBatchReader.values(
                in: try await fetched(
                    cluster, TopicPartition(topic: "orders", partition: Int32(index))))
            #expect(values == stride(from: index, to: batches.count, by: 2).map { "value \($0)" })
        }
        try await cluster.shutdown().get()
    }
}
