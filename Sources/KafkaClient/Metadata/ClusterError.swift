import KafkaProtocol

/// Why a cluster cannot be used as asked.
public enum ClusterError: Error, Equatable, Sendable {
    /// No broker has answered, for `ms`; `cause` is the last thing that went wrong.
    case noBrokerAnswers(ms: Int64, cause: ConnectionError?)
    /// The topic cannot be used, whoever is asked.
    case topic(String, ErrorCode)
    /// Not all of its partitions had a leader within `ms`.
    case topicNotReady(String, ErrorCode, ms: Int64)
    case unknownBroker(Int32)
    case coordinator(CoordinatorError)
    /// The client was shut down.
    case closed
}

extension ClusterError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noBrokerAnswers(let ms, let cause):
            "No broker has answered for \(ms) ms" + (cause.map { ": \($0)" } ?? "") + "."
        case .topic(let topic, let code): "The topic \(topic) cannot be used: \(code.name)."
        case .topicNotReady(let topic, let code, let ms):
            code == .none
                ? "Not all partitions of \(topic) have a leader after \(ms) ms."
                : "The topic \(topic) is not there after \(ms) ms: \(code.name)."
        case .unknownBroker(let id): "The cluster names no broker \(id)."
        case .coordinator(let error): "\(error)."
        case .closed: "The client was shut down."
        }
    }
}
