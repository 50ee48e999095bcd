import ServiceLifecycle

// A client among the services of a program (swift-service-lifecycle): it works from its initializer on,
// and `run` sees to it that it ends cleanly with the others. The cluster's service belongs before those
// of its producers and consumers in the list of a group, which ends the last ones first.

extension Cluster: Service {
    /// Waits for the shutdown, and closes all connections.
    public func run() async throws {
        try? await gracefulShutdown()
        try await shutdown().get()
    }
}

extension Producer: Service {
    /// A task that is cancelled waits so long for the answers to what was sent, and not longer than
    /// `delivery.timeout.ms`.
    static let cancellationGraceMs: Int64 = 1_000

    /// Waits for the shutdown; then the batches that were handed over get their outcomes, and the
    /// connections are closed. If the task is cancelled, batches that were not sent fail, and those whose
    /// answers do not come within a second are in doubt.
    public func run() async throws {
        let graceMs = min(
            Self.cancellationGraceMs, cluster.settings.producer.deliveryTimeoutMs)
        // Cancelled or not.
        try? await gracefulShutdown()
        try await withTaskCancellationHandler {
            // It fails where the producer was refused: then nothing is left to wait for.
            try? await flush().get()
            try await close().get()
        } onCancel: {
            abandon(within: .milliseconds(graceMs))
        }
    }
}

extension KafkaConsumer: Service {
    /// Waits for the shutdown, and ends the fetch sessions.
    public func run() async throws {
        try? await gracefulShutdown()
        try await close().get()
    }
}

extension KafkaGroupConsumer: Service {
    /// Waits for the shutdown, commits as `close` does, and leaves the group.
    public func run() async throws {
        try? await gracefulShutdown()
        try await close().get()
    }
}
