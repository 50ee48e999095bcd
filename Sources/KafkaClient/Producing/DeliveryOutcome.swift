import KafkaProtocol
import RecordFormat

/// What became of a batch.
public enum DeliveryOutcome: Equatable, Sendable {
    case acknowledged(Acknowledgement)
    /// The batch is not in the log.
    case failed(DeliveryError)
    /// The batch was sent, and nobody knows whether it is in the log.
    case inDoubt(DeliveryError)
}

/// The broker's word that a batch is in the log.
public struct Acknowledgement: Equatable, Sendable {
    /// Of the first record; nil where the broker knows only that it has the batch already.
    public var baseOffset: Offset?
    /// In milliseconds since 1970; nil where the topic keeps the timestamps of its producers.
    public var logAppendTimeMs: Int64?
}

/// Why a batch was not acknowledged.
public enum DeliveryError: Error, Equatable, Sendable {
    case broker(ErrorCode, message: String?)
    case connection(ConnectionError)
    /// `delivery.timeout.ms` has passed; `lastError` is the last thing that went wrong.
    indirect case timeout(ms: Int64, lastError: DeliveryError?)
    /// With acks=0 there is no answer.
    case noAcknowledgement
    /// The batch alone is larger than `max.request.size`.
    case tooLarge(byteCount: Int, limit: Int64)
    /// The producer cannot go on: the broker has refused it, not this batch.
    case producer(ErrorCode)
    /// The producer was closed.
    case closed
}

extension DeliveryError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .broker(let code, let message): code.name + (message.map { ": \($0)" } ?? "")
        case .connection(let error): "\(error)"
        case .timeout(let ms, let last):
            "not acknowledged within delivery.timeout.ms=\(ms)"
                + (last.map { "; the last error was \($0)" } ?? "")
        case .noAcknowledgement: "acks=0: the broker does not acknowledge"
        case .tooLarge(let byteCount, let limit):
            "the batch has \(byteCount) bytes, more than max.request.size=\(limit)"
        case .producer(let code): "the broker refused the producer: \(code.name)"
        case .closed: "the producer was closed"
        }
    }
}
