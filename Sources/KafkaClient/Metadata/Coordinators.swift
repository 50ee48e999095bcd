import KafkaProtocol

/// Which broker coordinates a group or a transactional id, as far as it is known.
struct Coordinators {
    struct Key: Hashable {
        var type: CoordinatorType
        var name: String
    }

    private var nodes: [Key: Int32] = [:]

    subscript(key: Key) -> Int32? { nodes[key] }

    /// What an answer says of `key`: the node, or the error.
    mutating func receive(
        _ response: FindCoordinatorResponse, version: Int16, for key: Key
    ) -> Result<(nodeID: Int32, address: BrokerAddress), CoordinatorError> {
        var found = FindCoordinatorResponse.Coordinator()
        if version >= 4 {
            guard let own = response.coordinators.first(where: { $0.key == key.name }) else {
                return .failure(CoordinatorError(code: .unknownServerError, key: key.name))
            }
            found = own
        } else {
            found.nodeID = response.nodeID
            found.host = response.host
            found.port = response.port
            found.errorCode = response.errorCode
        }
        guard found.errorCode == .none else {
            return .failure(CoordinatorError(code: found.errorCode, key: key.name))
        }
        guard found.nodeID >= 0, (1...65535).contains(found.port), !found.host.isEmpty else {
            return .failure(CoordinatorError(code: .coordinatorNotAvailable, key: key.name))
        }
        nodes[key] = found.nodeID
        return .success(
            (found.nodeID, BrokerAddress(host: found.host, port: Int(found.port))))
    }

    /// The broker said that it is not, or was not reached.
    mutating func forget(_ key: Key) { nodes[key] = nil }
}

/// Why a coordinator was not found.
public struct CoordinatorError: Error, Equatable, Sendable, CustomStringConvertible {
    public var code: ErrorCode
    /// The group or the transactional id.
    public var key: String

    public var description: String { "the coordinator of '\(key)' was not found: \(code.name)" }
}
