import CommitLog
import KafkaProtocol
import Logging
import NIOCore
import NIOPosix
import RecordFormat

/// Coordinates all transactions: passes events to the state machines of the transactional ids,
/// writes down in `__transaction_state` what they decide, and appends the markers.
///
/// Everything happens on one event loop, one thing after the other. Appends are made there, too,
/// since they only reach the page cache; where the flush policy promises more, the next step waits
/// for the disk and the loop does not. The order keeps a crash at any moment from doing harm: the
/// decision is written before the first marker, and the end of the transaction after the last one
/// is as durable as promised.
///
/// Thread contract: any thread; completions are called on the loop.
final class TransactionCoordinator: Sendable {
    /// Makes everything through an offset durable and calls back, from any thread.
    typealias Flush =
        @Sendable (PartitionLog, Offset, @escaping @Sendable (LogError?) -> Void) -> Void
    /// Called on the loop once a marker is in a partition of `__consumer_offsets`.
    typealias OffsetsEnded =
        @Sendable (_ producerID: ProducerID, _ committed: Bool, _ partition: Int32) -> Void

    /// The transactions that appends are checked against.
    let ongoing = OngoingTransactions()
    let eventLoop: any EventLoop
    let config: TransactionConfig
    let log: LogDirectory
    let logger: Logger
    /// Limits the messages that any client can provoke.
    let complaints: LogLimiter
    let flush: Flush
    let offsetsEnded: OffsetsEnded
    /// Does what blocks: creating the topic, reading it, claiming producer ids.
    let threads: NIOThreadPool
    /// Milliseconds since 1970.
    let nowMs: @Sendable () -> Int64
    private let box: NIOLoopBoundBox<State>

    /// Whether there are transactional ids to serve.
    enum Availability {
        case inactive
        case loading
        /// Nobody has used a transaction yet. Whoever waits for the topic is told when it is there.
        case withoutTopic(waiting: [(ErrorCode) -> Void])
        case ready
        case failed
    }

    /// The loop's own.
    final class State {
        var availability = Availability.inactive
        var machines: [ExactName: TransactionStateMachine] = [:]
        var timers: [RepeatedTask] = []
        /// The ids whose end is tried again after a while.
        var retries: [ExactName: Scheduled<Void>] = [:]
        /// Those who wait for the transaction before to be over, by transactional id.
        var waiters: [ExactName: [Waiter]] = [:]
        var nextWaiter: UInt64 = 0
        let topic: TransactionStateTopic

        init(topic: TransactionStateTopic) { self.topic = topic }
    }

    init(
        eventLoop: any EventLoop, log: LogDirectory,
        config: TransactionConfig = TransactionConfig(), logger: Logger, flush: @escaping Flush,
        offsetsEnded: @escaping OffsetsEnded, threads: NIOThreadPool = .singleton,
        nowMs: @escaping @Sendable () -> Int64
    ) {
        self.eventLoop = eventLoop
        self.log = log
        self.config = config
        self.logger = logger
        complaints = LogLimiter(logger)
        self.flush = flush
        self.offsetsEnded = offsetsEnded
        self.threads = threads
        self.nowMs = nowMs
        box = .makeBoxSendingValue(
            State(topic: TransactionStateTopic(log: log)), eventLoop: eventLoop)
    }

    /// The loop's own state. Asking for it elsewhere traps.
    var state: State { box.value }

    /// The epoch of the coordinator: there is only ever one.
    static let coordinatorEpoch: Int32 = 0

    /// Begins to coordinate, with what `__transaction_state` says: transactions that were decided
    /// get their remaining markers. The future is complete once all has been read; until then
    /// requests are told COORDINATOR_LOAD_IN_PROGRESS.
    func start() -> EventLoopFuture<Void> {
        eventLoop.flatSubmit {
            let state = self.state
            state.timers = [
                self.repeating(self.config.abortCheckIntervalMs) { $0.abortTimedOut() },
                self.repeating(self.config.expiryCheckIntervalMs) { $0.expireIDs() },
            ]
            guard state.topic.open() else {
                state.availability = .withoutTopic(waiting: [])
                self.ongoing.didLoad()
                self.abortOrphans()
                return self.eventLoop.makeSucceededVoidFuture()
            }
            return self.load()
        }
    }

    private func repeating(
        _ intervalMs: Int64, _ body: @escaping @Sendable (TransactionCoordinator) -> Void
    ) -> RepeatedTask {
        let interval = TimeAmount.milliseconds(intervalMs)
        return eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) {
            [weak self] _ in
            if let self { body(self) }
        }
    }

    /// Ends the coordination. What was acknowledged is in the log, and the next start goes on with
    /// it.
    func close() -> EventLoopFuture<Void> {
        eventLoop.submit {
            let state = self.state
            if case .withoutTopic(let waiting) = state.availability {
                for done in waiting { done(.coordinatorNotAvailable) }
            }
            state.availability = .inactive
            for timer in state.timers { timer.cancel() }
            for retry in state.retries.values { retry.cancel() }
            for id in Array(state.waiters.keys) { self.wake(id.text) }
            state.timers = []
            state.retries = [:]
        }
    }

    /// Why transactional ids cannot be served now; nil where they can.
    var unavailability: ErrorCode? {
        switch state.availability {
        case .inactive, .failed: .coordinatorNotAvailable
        case .loading: .coordinatorLoadInProgress
        case .withoutTopic, .ready: nil
        }
    }
}
