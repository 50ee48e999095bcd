import Logging
import RecordFormat
import ServiceLifecycle
import Synchronization
import Testing

@testable import KafkaClient

/// At a broker that takes batches and never answers.
@Suite("A producer among the services of a program")
struct ProducerServiceTests {
    private let partition = TopicPartition(topic: "orders", partition: 0)

    /// Hands a batch over, waits until it is sent, lets `end` end what `run` runs, and returns what became
    /// of the batch.
    private func outcome(
        _ run: @escaping @Sendable (Producer) async throws -> Void,
        end: (Task<Void, any Error>) async throws -> Void
    ) async throws -> DeliveryOutcome? {
        let brokers = try await ScriptedCluster(1)
        let cluster = try brokers.client(["enable.idempotence": "false"])
        let producer = Producer(cluster: cluster)
        let batch = try TestBatch(["value"])
        let outcome = Mutex<DeliveryOutcome?>(nil)
        let running = Task { try await run(producer) }
        producer.submit(try batch.lent, to: partition) { report in
            outcome.withLock { $0 = report.outcome }
        }
        try await eventually { brokers[1]?.received.contains { $0.apiKey == .produce } == true }
        let start = ContinuousClock.now
        try await end(running)
        _ = await running.result
        // The answer could come for 30 s, and the batch be sent again for two minutes.
        #expect(ContinuousClock.now - start < .seconds(20))
        withExtendedLifetime(batch) {}
        try await cluster.shutdown().get()
        return outcome.withLock { $0 }
    }

    private func expectDoubt(_ outcome: DeliveryOutcome?) {
        guard case .inDoubt(.connection(let error))? = outcome else {
            Issue.record("\(String(describing: outcome))")
            return
        }
        #expect(error.reason == .closedByClient)
    }

    @Test("does not wait for answers that do not come once its task is cancelled")
    func cancelled() async throws {
        expectDoubt(
            try await outcome {
                try await $0.run()
            } end: {
                $0.cancel()
            })
    }

    @Test("does not wait for them either if it is cancelled while it shuts down gracefully")
    func cancelledWhileFlushing() async throws {
        let group = Mutex<ServiceGroup?>(nil)
        expectDoubt(
            try await outcome { producer in
                var settings = ServiceGroupConfiguration(services: [producer], logger: .silent)
                settings.maximumGracefulShutdownDuration = .milliseconds(100)
                let made = ServiceGroup(configuration: settings)
                group.withLock { $0 = made }
                try await made.run()
            } end: { _ in
                try await eventually { group.withLock { $0 } != nil }
                await group.withLock { $0 }?.triggerGracefulShutdown()
            })
    }
}
