import RecordFormat
import Synchronization
import Testing

@testable import KafkaClient

@Suite("A producer whose broker restarts")
struct RestartTests {
    @Test("goes on where it was, without a batch lost or stored twice")
    func restart() async throws {
        let first = try RunningBroker()
        try first.broker.log.createTopic("orders", partitions: 1)
        let cluster = try first.cluster(["retry.backoff.ms": "5", "reconnect.backoff.ms": "5"])
        let producer = Producer(cluster: cluster)
        let place = TopicPartition(topic: "orders", partition: 0)
        let batches = try (0..<60).map { try TestBatch(["value \($0)"]) }
        let failures = Mutex<[DeliveryOutcome]>([])
        func submit(_ range: Range<Int>) throws {
            for batch in batches[range] {
                producer.submit(try batch.lent, to: place) { report in
                    if case .acknowledged = report.outcome { return }
                    failures.withLock { $0.append(report.outcome) }
                }
            }
        }
        try submit(0..<20)
        try await producer.flush().get()
        try submit(20..<40)
        try first.stopForNext()
        try submit(40..<60)
        let second = try RunningBroker(after: first)
        try await producer.flush().get()
        #expect(failures.withLock { $0 } == [])
        let values = try RecordBatchReader.values(in: try await fetched(cluster, place))
        #expect(values == (0..<60).map { "value \($0)" })
        try await cluster.shutdown().get()
        withExtendedLifetime(second) {}
    }
}
