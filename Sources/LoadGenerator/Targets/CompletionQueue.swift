import Measurement

/// The outcomes of batches on their way from the threads of a target to a producer worker.
///
/// Thread contract: any thread may `post`; one worker drains. Bounded by the batches in flight.
public final class CompletionQueue: Sendable {
    public struct Completion: Sendable {
        public var ticket: Int
        /// When the answer came, by the monotonic clock: the worker may read it later.
        public var nanos: Int64
        public var outcome: BatchOutcome
        /// When the batch was first written to a socket; nil if it was not.
        public var sentNanos: Int64?
        /// How often it was sent.
        public var attempts: Int
        /// The id of the broker to which it was sent last; nil without a network.
        public var broker: Int32?

        public init(
            ticket: Int, nanos: Int64, outcome: BatchOutcome = .acknowledged,
            sentNanos: Int64? = nil, attempts: Int = 1, broker: Int32? = nil
        ) {
            self.ticket = ticket
            self.nanos = nanos
            self.outcome = outcome
            self.sentNanos = sentNanos
            self.attempts = attempts
            self.broker = broker
        }
    }

    private let posted = CheckedMutex<[Completion]>([])
    private let wakeup: Wakeup

    public init(wakeup: Wakeup) {
        self.wakeup = wakeup
    }

    public func post(_ completions: some Sequence<Completion>) {
        posted.withLock { $0.append(contentsOf: completions) }
        wakeup.signal()
    }

    /// Moves the posted ones into `taken`, whose own storage replaces the queue's: nothing is
    /// allocated once both have grown to the batches in flight.
    func drain(into taken: inout [Completion]) {
        taken.removeAll(keepingCapacity: true)
        posted.withLock { posted in
            if !posted.isEmpty { swap(&posted, &taken) }
        }
    }
}
