import CommitLog
import KafkaProtocol
import Logging
import NIOCore
import NIOPosix
import RecordFormat

/// Coordinates all consumer groups and keeps what they commit.
///
/// It passes events to the groups' state machines and does the actions that they request: answers,
/// timers, records in `__consumer_offsets`. Everything of a group happens on one event loop, one
/// thing after the other. Appends are made there, too, since they only reach the page cache; where
/// the flush policy promises more, the answer waits for the disk and the loop does not.
///
/// Thread contract: `start`, `close` and the calls with a reply come from any thread; replies are
/// called on the coordinator loop. Functions that return an answer are to be called on the loop.
final class GroupCoordinator: Sendable {
    /// Makes everything through an offset durable and calls back, from any thread.
    typealias Flush =
        @Sendable (PartitionLog, Offset, @escaping @Sendable (LogError?) -> Void) -> Void

    let eventLoop: any EventLoop
    let config: GroupConfig
    /// What groups set for themselves.
    let settings: GroupSettings
    let log: LogDirectory
    let logger: Logger
    /// Limits the messages that any client can provoke.
    let complaints: LogLimiter
    let flush: Flush
    /// Milliseconds since 1970.
    let nowMs: @Sendable () -> Int64
    /// Does what blocks: creating the topic, reading it at start.
    let threads: NIOThreadPool
    /// The number of partitions that `__consumer_offsets` has, or will be created with.
    let partitionCount: Int32
    private let box: NIOLoopBoundBox<State>

    /// The loop's own.
    final class State {
        var groups: [ExactName: CoordinatedGroup] = [:]
        var partitions: [OffsetsPartitionState]
        let topic: OffsetsTopic
        var isActive = false
        /// The memory of the members of all groups.
        var byteCount = 0
        /// Who waits for the topic to be created; nil where nobody creates it.
        var waitingForTopic: [@Sendable (ErrorCode) -> Void]?
        var joins: [WaitingRequest: @Sendable (JoinGroupResponse) -> Void] = [:]
        var syncs: [WaitingRequest: @Sendable (SyncGroupResponse) -> Void] = [:]
        var lastRequest: UInt64 = 0
        var timers: GroupTimers?
        var expiryTask: RepeatedTask?
        /// Who keeps what share groups did with records; nil where nobody fetches for any.
        var shareStates: (any ShareStates)?

        init(topic: OffsetsTopic) {
            self.topic = topic
            partitions = Array(repeating: .ready, count: Int(topic.partitionCount))
        }
    }

    init(
        eventLoop: any EventLoop, log: LogDirectory, config: GroupConfig = GroupConfig(),
        settings: GroupSettings = GroupSettings(), logger: Logger, flush: @escaping Flush,
        threads: NIOThreadPool = .singleton,
        nowMs: @escaping @Sendable () -> Int64 = { WallClock.nowMs }
    ) {
        self.eventLoop = eventLoop
        self.log = log
        self.config = config
        self.settings = settings
        self.logger = logger
        complaints = LogLimiter(logger)
        self.flush = flush
        self.threads = threads
        self.nowMs = nowMs
        let partitionCount =
            OffsetsTopic.partitionCount(in: log) ?? config.offsetsTopicPartitionCount
        self.partitionCount = partitionCount
        box = .makeBoxSendingValue(
            State(topic: OffsetsTopic(log: log, partitionCount: partitionCount)),
            eventLoop: eventLoop)
    }

    /// The loop's own state. Asking for it elsewhere traps.
    var state: State { box.value }

    /// Begins to coordinate, with what `__consumer_offsets` says. The future is complete once all
    /// of it has been read; until then requests are answered with COORDINATOR_LOAD_IN_PROGRESS.
    func start() -> EventLoopFuture<Void> {
        eventLoop.flatSubmit {
            let state = self.state
            state.isActive = true
            state.timers = GroupTimers(eventLoop: self.eventLoop) { [weak self] key, number in
                self?.timerFired(key, number)
            }
            let interval = TimeAmount.milliseconds(self.config.offsetsRetentionCheckIntervalMs)
            state.expiryTask = self.eventLoop.scheduleRepeatedTask(
                initialDelay: interval, delay: interval
            ) { [weak self] _ in self?.expireOffsets() }
            return state.topic.open() ? self.load() : self.eventLoop.makeSucceededVoidFuture()
        }
    }

    /// Ends the coordination. Waiting requests are answered and later ones refused; what was
    /// acknowledged is in the log.
    func close() -> EventLoopFuture<Void> {
        eventLoop.submit {
            let state = self.state
            state.isActive = false
            state.timers?.cancelAll()
            state.expiryTask?.cancel()
            for reply in state.joins.values {
                reply(.failure(.coordinatorNotAvailable, memberID: ""))
            }
            for reply in state.syncs.values { reply(.failure(.coordinatorNotAvailable)) }
            state.joins = [:]
            state.syncs = [:]
            // They know the coordinator, too.
            state.shareStates = nil
        }
    }

    /// The partition of `__consumer_offsets` that holds everything about a group. From any thread.
    func partition(for group: String) -> TopicPartition {
        TopicPartition(topic: OffsetsTopic.name, partition: partitionIndex(for: group))
    }

    func partitionIndex(for group: String) -> Int32 {
        CoordinatorPartition.index(of: group, among: partitionCount)
    }
}

/// A group and what it has committed. The loop's own.
final class CoordinatedGroup {
    var membership: ConsumerGroup
    /// The members of a group of the consumer protocol; nil in one of the classic one. Of the two one has
    /// members at most.
    var reconciled: ReconciledGroup?
    /// A share group; nil in one of another type. Then there is neither of the others, and no offset.
    var share: ShareGroup?
    /// The memory of this group that is counted in that of all groups.
    var countedByteCount = 0
    var offsets = GroupOffsets()
    /// A partition that does not belong to the group and has offsets of it that an open transaction
    /// staged.
    var strayPartition: Int32?

    init(_ membership: ConsumerGroup) { self.membership = membership }

    var isEmpty: Bool {
        membership.state == .empty && reconciled?.members.isEmpty ?? true
            && share?.members.isEmpty ?? true
    }
}

/// Whether the groups of one partition of `__consumer_offsets` can be served.
enum OffsetsPartitionState {
    case ready
    /// It is being read. What happens meanwhile is kept until it has been.
    case loading(MeanwhileEvents)
    /// It could not be read; the log says why.
    case failed
}

/// What happens to groups that are not read yet.
struct MeanwhileEvents: Sendable {
    var endedTransactions: [EndedTransaction] = []
    var deletedTopics: Set<String> = []
}

struct EndedTransaction: Sendable {
    var producerID: ProducerID
    var committed: Bool
}
