import KafkaProtocol
import NIOCore

/// Asks a cluster to create, describe and delete. Each operation is tried again until it succeeds, fails
/// for good, or `default.api.timeout.ms` has passed; it then throws an `AdministrationError`, a
/// `ClusterError` or a `ConnectionError`.
///
/// Thread contract: any thread.
public struct Administrator: Sendable {
    public let cluster: Cluster

    public init(cluster: Cluster) { self.cluster = cluster }

    var requestTimeoutMs: Int32 { Int32(cluster.settings.connection.requestTimeoutMs) }

    /// Asks again after errors that may pass.
    func retrying<Result: Sendable>(
        _ attempt: @Sendable () async throws -> Result
    ) async throws -> Result {
        var loop = RetryLoop(cluster.settings.metadata)
        while true {
            do {
                return try await attempt()
            } catch {
                guard
                    let wait = loop.wait(
                        after: error, now: .now(), jitter: .random(in: 0...1))
                else { throw error }
                try await Task.sleep(nanoseconds: UInt64(wait.nanoseconds))
            }
        }
    }

    /// The answer of whichever broker can be reached.
    func askAny<Body: Request>(_ request: Body) async throws -> Body.Response {
        try await cluster.anyConnection().flatMap { $0.send(request) }.get().body
    }

    /// The answer of the controller, or of a broker that passes the request on to it (KIP-590).
    func askController<Body: Request>(_ request: Body) async throws -> Body.Response {
        try await cluster.connect().get()
        let controller = try await cluster.controllerID.get()
        guard controller >= 0 else { return try await askAny(request) }
        return try await ask(controller, request)
    }

    func ask<Body: Request>(_ nodeID: Int32, _ request: Body) async throws -> Body.Response {
        try await cluster.connection(to: nodeID, use: .control).flatMap { $0.send(request) }
            .get().body
    }

    func askCoordinator<Body: Request>(
        of group: String, _ request: Body, highestVersion: Int16 = .max
    ) async throws -> ResponseFrame<Body.Response> {
        try await cluster.coordinator(of: group)
            .flatMap { $0.send(request, highestVersion: highestVersion) }.get()
    }

    /// Throws where there is an error, and sees to it that a wrong coordinator or controller is not asked
    /// again.
    func check(
        _ code: ErrorCode, _ operation: String, message: String? = nil,
        coordinatorOf group: String? = nil
    ) async throws {
        guard code != .none else { return }
        switch code {
        case .notCoordinator, .coordinatorNotAvailable:
            if let group { try await cluster.onLoop { $0.forgetCoordinator(of: group) } }
        case .notController, .notLeaderOrFollower, .unknownTopicOrPartition, .leaderNotAvailable:
            try await cluster.onLoop { $0.refreshMetadata() }
        default: break
        }
        throw AdministrationError(operation, code, message: message)
    }
}

extension Cluster {
    /// Calls `body` on the event loop.
    func onLoop<Result: Sendable>(
        _ body: @escaping @Sendable (Cluster) -> Result
    ) async throws -> Result {
        try await eventLoop.submit { [self] in body(self) }.get()
    }

    /// −1 where no broker has told.
    var controllerID: EventLoopFuture<Int32> {
        eventLoop.submit { [self] in metadata.controllerID }
    }
}
