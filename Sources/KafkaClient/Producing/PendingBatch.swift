import NIOCore

/// A batch on its way, as the state machine sees it: without its bytes.
struct PendingBatch: Equatable {
    typealias ID = UInt64

    /// Ascending in the order in which the batches were handed over.
    var id: ID
    var byteCount: Int
    var recordCount: Int32
    var deadline: NIODeadline
    /// How often it was sent.
    var attempts = 0
    /// Assigned when it is sent first, and kept by retries.
    var sequence: BatchSequence?
    /// How many batches of the partition were numbered before this one.
    var ordinal: Int?
    /// It was sent, and there was no answer that says whether it is in the log.
    var isDoubtful = false
    var notBefore: NIODeadline?
    var lastError: DeliveryError?

    func isExpired(now: NIODeadline) -> Bool { deadline <= now }

    func mayBeSent(now: NIODeadline) -> Bool { notBefore.map { $0 <= now } ?? true }

    /// The outcome of a batch that is given up.
    func givenUp(_ error: DeliveryError) -> DeliveryOutcome {
        isDoubtful ? .inDoubt(error) : .failed(error)
    }
}
