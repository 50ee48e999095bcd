import KafkaProtocol
import NIOCore

/// Sends the requests of a `GroupMembership` to the group's coordinator.
///
/// Thread contract: everything on the cluster's event loop.
final class CoordinatorRequests {
    enum Outcome: Sendable {
        case answer(GroupAnswer)
        /// The connection was lost, or the answer took too long.
        case lost
        /// It would fail again.
        case failure(GroupError)
    }

    /// Called once for each request, with its ticket.
    var didEnd: (Outcome, Int) -> Void = { _, _ in }
    private let cluster: Cluster
    private let groupID: String

    init(cluster: Cluster, groupID: String) {
        self.cluster = cluster
        self.groupID = groupID
    }

    func findCoordinator(_ ticket: Int) {
        cluster.forgetCoordinator(of: groupID)
        cluster.coordinator(of: groupID).assumeIsolated().whenComplete { [self] result in
            switch result {
            case .success: didEnd(.answer(.coordinator(.none)), ticket)
            case .failure(ClusterError.coordinator(let error)):
                didEnd(.answer(.coordinator(error.code)), ticket)
            case .failure(ClusterError.noBrokerAnswers(_, let cause?)):
                didEnd(outcome(of: cause, .findCoordinator), ticket)
            case .failure(let error): didEnd(outcome(of: error, .findCoordinator), ticket)
            }
        }
    }

    /// - Parameter timeoutMs: by default `request.timeout.ms`.
    func send<Body: Request>(
        _ request: Body, _ ticket: Int, use: ConnectionUse = .group, timeoutMs: Int64? = nil,
        answer: @escaping (Body.Response) -> GroupAnswer
    ) {
        let timeoutMs = timeoutMs ?? cluster.settings.connection.requestTimeoutMs
        cluster.coordinator(of: groupID, use: use)
            .flatMap { $0.send(request, timeoutMs: timeoutMs) }
            .assumeIsolated()
            .whenComplete { [self] result in
                switch result {
                case .success(let response): didEnd(.answer(answer(response.body)), ticket)
                case .failure(let error): didEnd(outcome(of: error, Body.apiKey), ticket)
                }
            }
    }

    private func outcome(of error: any Error, _ api: ApiKey) -> Outcome {
        guard let error = error as? ConnectionError, !error.isRetriable else { return .lost }
        return .failure(Self.failure(error, of: api, group: groupID))
    }

    /// What an error means that would come again.
    static func failure(_ error: ConnectionError, of api: ApiKey, group: String) -> GroupError {
        if case .unsupportedApi = error.reason {
            return .refused(api, .unsupportedVersion, group: group)
        }
        return .unreachable("\(error)", group: group)
    }
}

extension GroupMembership {
    /// What became of the request with this ticket.
    mutating func took(_ outcome: CoordinatorRequests.Outcome, ticket: Int, nowMs: Int64) {
        switch outcome {
        case .answer(let answer): answered(answer, ticket: ticket, nowMs: nowMs)
        case .lost: requestFailed(ticket: ticket, nowMs: nowMs)
        case .failure(let error): fail(error)
        }
    }
}
