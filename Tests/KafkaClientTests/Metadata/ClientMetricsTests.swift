import KafkaProtocol
import MetricsTestKit
import NIOCore
import NIOPosix
import RecordFormat
import ServiceLifecycle
import Synchronization
import Testing

@testable import KafkaClient

@Suite("A client in a program with metrics and services")
struct ClientMetricsTests {
    private func cluster(_ broker: RunningBroker, _ metrics: TestMetrics) throws -> Cluster {
        Cluster(
            settings: try ClientSettings([
                "bootstrap.servers": "\(broker.address)", "client.id": "shop",
            ]), on: MultiThreadedEventLoopGroup.singleton.next(), logger: .silent, metrics: metrics)
    }

    /// Says when the services run.
    private struct Started: Service {
        let promise: EventLoopPromise<Void>

        func run() async throws {
            promise.succeed()
            try await gracefulShutdown()
        }
    }

    @Test("counts its requests, bytes and errors, by its client.id")
    func metrics() async throws {
        let broker = try RunningBroker()
        let metrics = TestMetrics()
        let cluster = try cluster(broker, metrics)
        try await Administrator(cluster: cluster).create(
            NewTopic("orders", partitionCount: 1, configs: ["max.message.bytes": "500"]))
        let producer = Producer(cluster: cluster)
        for value in ["fits", String(repeating: "x", count: 1_000)] {
            let batch = try TestBatch([value])
            _ = try await producer.send(
                batch.lent, to: TopicPartition(topic: "orders", partition: 0))
            withExtendedLifetime(batch) {}
        }
        let client = ("kafka.client.id", "shop")
        let counts = try await cluster.onLoop { $0.counts }
        let produce = [client, ("kafka.api", "\(ApiKey.produce)")]
        #expect(
            try metrics.expectCounter("kafka.client.requests", produce).totalValue
                == Int64(counts.produceRequests))
        #expect(
            try metrics.expectTimer("kafka.client.request.duration", produce).values.count
                == counts.produceRequests)
        #expect(
            try metrics.expectCounter("kafka.client.bytes.sent", [client]).totalValue
                == Int64(counts.traffic.sentByteCount))
        #expect(
            try metrics.expectCounter("kafka.client.bytes.received", [client]).totalValue
                == Int64(counts.traffic.receivedByteCount))
        let error = [client, ("kafka.error", ErrorCode.messageTooLarge.name)]
        #expect(try metrics.expectCounter("kafka.client.errors", error).totalValue == 1)
        try await producer.close().get()
        try await cluster.shutdown().get()
    }

    @Test("counts nothing where the program has no backend")
    func none() {
        #expect(ClientMetrics(clientID: "shop") == nil)
    }

    @Test("ends with the services of its program: what was handed over is sent before")
    func service() async throws {
        let broker = try RunningBroker()
        let cluster = try broker.cluster()
        try await Administrator(cluster: cluster).create(NewTopic("orders", partitionCount: 1))
        let producer = Producer(cluster: cluster)
        let consumer = KafkaConsumer(cluster: cluster)
        let started = cluster.eventLoop.makePromise(of: Void.self)
        let group = ServiceGroup(
            services: [cluster, consumer, producer, Started(promise: started)], logger: .silent)
        let batch = try TestBatch(["a"])
        let outcome = Mutex<DeliveryOutcome?>(nil)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await started.futureResult.get()
            producer.submit(
                try batch.lent, to: TopicPartition(topic: "orders", partition: 0)
            ) { report in outcome.withLock { $0 = report.outcome } }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        guard case .acknowledged? = outcome.withLock({ $0 }) else {
            Issue.record("the batch was given up")
            return
        }
        withExtendedLifetime(batch) {}
        #expect(try await cluster.onLoop { $0.isClosed && $0.connectionStatistics.isEmpty })
    }
}
