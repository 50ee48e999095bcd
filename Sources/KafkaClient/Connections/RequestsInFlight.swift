import KafkaProtocol
import NIOCore

/// The requests of a connection that wait for their responses, which come in the same order.
///
/// Correlation ids count up and wrap; a response must have the id of the oldest request.
struct RequestsInFlight<Waiter> {
    struct Entry {
        var correlationID: Int32
        var apiKey: ApiKey
        var timeoutMs: Int64
        var deadline: NIODeadline
        var sentAt: NIODeadline { deadline - .milliseconds(timeoutMs) }
        var waiter: Waiter
    }

    /// More are refused: who sends so many has no bound of his own.
    static var limit: Int { 4096 }

    private var entries = CircularBuffer<Entry>()
    private var nextCorrelationID: Int32

    init(firstCorrelationID: Int32 = 0) { nextCorrelationID = firstCorrelationID }

    var count: Int { entries.count }
    var isEmpty: Bool { entries.isEmpty }

    /// The id for a request that is to be sent now.
    mutating func takeCorrelationID() -> Int32 {
        defer { nextCorrelationID = nextCorrelationID == .max ? 0 : nextCorrelationID + 1 }
        return nextCorrelationID
    }

    mutating func append(
        _ waiter: Waiter, correlationID: Int32, apiKey: ApiKey, timeoutMs: Int64, now: NIODeadline
    ) {
        entries.append(
            Entry(
                correlationID: correlationID, apiKey: apiKey, timeoutMs: timeoutMs,
                deadline: now + .milliseconds(timeoutMs), waiter: waiter))
    }

    /// The request to which the response with this id belongs.
    mutating func receive(correlationID: Int32) throws(ConnectionError.Reason) -> Entry {
        guard let oldest = entries.first else {
            throw .unsolicitedResponse(correlationID: correlationID)
        }
        guard oldest.correlationID == correlationID else {
            throw .unexpectedCorrelationID(
                expected: oldest.correlationID, received: correlationID)
        }
        return entries.removeFirst()
    }

    /// When the first of them is too late.
    var nextDeadline: NIODeadline? { entries.lazy.map(\.deadline).min() }

    /// A request that is too late.
    func expired(now: NIODeadline) -> Entry? { entries.first { $0.deadline <= now } }

    mutating func removeAll() -> [Entry] {
        defer { entries.removeAll() }
        return Array(entries)
    }
}
