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
    /// Waits for the shutdown; then the batches that were handed over get their outcomes, and the
    /// connections are closed. If the task is cancelled, batches that were not sent fail.
    public func run() async throws {
        do {
            try await gracefulShutdown()
            try await flush().get()
        } catch {
            // What waits is given up.
        }
        try await close().get()
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
