import KafkaProtocol
import RecordFormat

// FindCoordinator, versions 0–6. Deviations from Kafka: there is one broker, which coordinates
// every key and leads every partition. A share group is found as any group; keys of type 2, of the
// states of its partitions, are asked for by Kafka's brokers, from version 6 on.

/// Answers that this broker is the coordinator. The topic in which a group's offsets are kept is
/// created first, where it is missing, so that the client's next request finds it.
struct FindCoordinatorHandler: RequestHandler {
    let groups: GroupCoordinator
    let nodeID: Int32

    /// From here on there are several keys.
    private static let firstBatchedVersion: Int16 = 4
    /// From here on there are the states of share partitions.
    private static let firstVersionWithShares: Int16 = 6

    func handle(
        _ request: FindCoordinatorRequest, _ context: RequestContext,
        _ reply: Reply<FindCoordinatorResponse>
    ) {
        switch request.keyType {
        case .group:
            let denied = denied(request, context, .group)
            let keys = keys(request, context)
            // Nothing is made for a client that may know nothing of it.
            if !denied.isEmpty, denied.count == Set(keys).count {
                return reply(response(request, context, .none, denied))
            }
            groups.prepareTopic { reply(response(request, context, $0, denied)) }
        case .transaction:
            reply(response(request, context, .none, denied(request, context, .transactionalID)))
        case .share where context.version >= Self.firstVersionWithShares:
            guard context.allowsCluster() else {
                return reply(response(request, context, .clusterAuthorizationFailed, [:]))
            }
            let invalid = keys(request, context).filter { !Self.isSharePartition($0) }
            reply(
                response(
                    request, context, .none,
                    Dictionary(invalid.map { ($0, .invalidRequest) }) { $1 }))
        default:
            reply(response(request, context, .invalidRequest, [:]))
        }
    }

    /// Whether a key is `group:topic id:partition`; a group's name may have colons.
    private static func isSharePartition(_ key: String) -> Bool {
        let parts = key.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count >= 3, let partition = parts.last.flatMap({ Int32($0) }), partition >= 0
        else { return false }
        return !parts[0].isEmpty && TopicID(String(parts[parts.count - 2])) != nil
    }

    private func keys(_ request: FindCoordinatorRequest, _ context: RequestContext) -> [String] {
        context.version >= Self.firstBatchedVersion ? request.coordinatorKeys : [request.key]
    }

    /// The keys that the client may not describe.
    private func denied(
        _ request: FindCoordinatorRequest, _ context: RequestContext, _ type: ResourceType
    ) -> [String: ErrorCode] {
        guard context.authorizer != nil else { return [:] }
        var denied: [String: ErrorCode] = [:]
        for key in keys(request, context) where denied[key] == nil && !context.allows(type, key) {
            denied[key] = type.refusal
        }
        return denied
    }

    private func response(
        _ request: FindCoordinatorRequest, _ context: RequestContext, _ error: ErrorCode,
        _ denied: [String: ErrorCode]
    ) -> FindCoordinatorResponse {
        var response = FindCoordinatorResponse()
        // This broker's address for the client, by the listener that it connected to.
        let host = context.advertised.host
        let port = Int32(context.advertised.port)
        if context.version >= Self.firstBatchedVersion {
            response.coordinators = request.coordinatorKeys.map { key in
                var coordinator = FindCoordinatorResponse.Coordinator()
                let error = denied[key] ?? error
                let isFound = error == .none
                coordinator.key = key
                coordinator.errorCode = error
                coordinator.errorMessage = isFound ? "" : error.name
                coordinator.nodeID = isFound ? nodeID : -1
                coordinator.host = isFound ? host : ""
                coordinator.port = isFound ? port : -1
                return coordinator
            }
            return response
        }
        let error = denied[request.key] ?? error
        let isFound = error == .none
        response.errorCode = error
        response.errorMessage = isFound ? "NONE" : error.name
        response.nodeID = isFound ? nodeID : -1
        response.host = isFound ? host : ""
        response.port = isFound ? port : -1
        return response
    }
}
