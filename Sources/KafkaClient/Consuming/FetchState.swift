import KafkaProtocol
import NIOCore
import RecordFormat

/// What a consumer asks which broker for next, and what it has fetched.
///
/// At most one fetch is in flight to each broker. The next one is sent as soon as the answer is
/// there, before its records are taken, as long as less than `max.partition.fetch.bytes` of a
/// partition and `fetch.max.bytes` of all wait to be taken: so at most `fetch.max.bytes` and one
/// answer a broker are in memory.
///
/// A pure state machine. An event is a call; what it wants done is taken with `takeActions`
/// afterwards. Times are milliseconds of any clock that does not go backwards; `advance` is to be
/// called at `nextDeadlineMs`. It does no I/O.
///
/// Thread contract: a value with one owner.
struct FetchState: Sendable {
    enum Action: Hashable, Sendable {
        /// To be answered by the function of the same name, or by `requestFailed`, with the ticket.
        case fetch(broker: Int32, FetchRequest, highestVersion: Int16, ticket: Int)
        case listOffsets(broker: Int32, ListOffsetsRequest, ticket: Int)
        case leaderEpoch(broker: Int32, OffsetForLeaderEpochRequest, ticket: Int)
        /// To be answered by `leads`.
        case refreshMetadata
    }

    struct Asked: Sendable {
        var broker: Int32
        var api: ApiKey
        /// With their incarnations; those of a fetch are in the session.
        var partitions: [TopicPartition: Int]
    }

    let settings: ConsumerSettings
    let backoff: Backoff
    /// How long a nearer replica is used before the leader is asked again, `metadata.max.age.ms`.
    let replicaLeaseMs: Int64
    /// Between 0 and 1, to be drawn anew now and then.
    var jitter = 0.5
    /// The time, in milliseconds since 1970, for positions by age.
    var wallClockMs: Int64 = 0

    var partitions: [TopicPartition: FetchPartition] = [:]
    /// Those that the metadata names.
    var brokers: Set<Int32> = []
    /// The turn of the next partition that goes to the end of the order.
    private var nextTurn = 0
    var due = DuePartitions()
    /// Whether `take` has made room, so that there is something to send.
    private var hasMoreRoom = false
    var sessions: [Int32: FetchSession] = [:]
    /// The broker that a partition is fetched from.
    var fetchedFrom: [TopicPartition: Int32] = [:]
    /// How many partitions are fetched from each broker.
    var fetchCounts: [Int32: Int] = [:]
    /// The brokers that have not answered their last fetch.
    var fetchesInFlight: Set<Int32> = []
    var asked: [Int: Asked] = [:]
    var brokerPauses: [Int32: (failures: Int, untilMs: Int64)] = [:]
    var queue = FetchedQueue()
    private var lastTicket = 0
    private var lastIncarnation = 0
    private var actions: [Action] = []

    init(settings: ConsumerSettings, backoff: Backoff, replicaLeaseMs: Int64 = 300_000) {
        self.settings = settings
        self.backoff = backoff
        self.replicaLeaseMs = replicaLeaseMs
    }

    mutating func takeActions() -> [Action] {
        defer { actions.removeAll(keepingCapacity: true) }
        return actions
    }

    mutating func act(_ action: Action) { actions.append(action) }

    /// Those that had something go to the end, so that each comes first in its turn.
    mutating func moveToEnd(_ one: TopicPartition) {
        nextTurn += 1
        partitions[one]?.turn = nextTurn
    }

    mutating func newTicket() -> Int {
        lastTicket += 1
        return lastTicket
    }

    /// Adds partitions, or seeks in those that are there already.
    mutating func seek(_ positions: [TopicPartition: StartingPosition]) {
        for (one, position) in positions.sorted(by: { TopicPartition.comesBefore($0.key, $1.key) })
        {
            lastIncarnation += 1
            var partition = FetchPartition(phase: .fetching, incarnation: lastIncarnation)
            if let old = partitions[one] {
                partition.leader = old.leader
                partition.isPaused = old.isPaused
                partition.turn = old.turn
            } else {
                nextTurn += 1
                partition.turn = nextTurn
            }
            queue.drop(one)
            switch position {
            case .offset(let offset, let epoch):
                partition.position = max(offset, .zero)
                partition.positionEpoch = epoch
                if epoch > .none, let leader = partition.leader, leader.epoch > epoch {
                    partition.phase = .validating
                }
            case .automatic: locate(&partition, one, lost: nil)
            default: partition.phase = .locating(position)
            }
            partitions[one] = partition
            due.touch(one)
        }
    }

    /// The topic has another id than before: what was fetched of the old one is dropped, and the new one
    /// is read from where `auto.offset.reset` says. A partition that is at no position yet, or failed,
    /// stays that.
    mutating func begin(anew one: TopicPartition) {
        guard let old = partitions[one] else { return }
        lastIncarnation += 1
        var partition = FetchPartition(phase: old.phase, incarnation: lastIncarnation)
        partition.isPaused = old.isPaused
        partition.turn = old.turn
        queue.drop(one)
        switch old.phase {
        case .fetching, .validating: locate(&partition, one, lost: old.position)
        case .locating, .failed: break
        }
        partitions[one] = partition
    }

    mutating func remove(_ removed: some Sequence<TopicPartition>) {
        for one in removed {
            partitions[one] = nil
            queue.drop(one)
            due.touch(one)
        }
    }

    /// What was fetched of the partition and not taken is dropped, so that it holds no memory, and
    /// fetched again once the partition goes on.
    mutating func pause(_ paused: some Sequence<TopicPartition>) {
        for one in paused where partitions[one]?.isPaused == false {
            lastIncarnation += 1
            partitions[one]?.isPaused = true
            partitions[one]?.isAsked = false
            partitions[one]?.incarnation = lastIncarnation
            due.touch(one)
            guard let first = queue.drop(one, keepsProgress: true) else { continue }
            partitions[one]?.position = first.position
            partitions[one]?.positionEpoch = first.positionEpoch
        }
    }

    mutating func resume(_ resumed: some Sequence<TopicPartition>) {
        for one in resumed {
            partitions[one]?.isPaused = false
            due.touch(one)
        }
    }

    /// The position, if all that was fetched before it is taken.
    func reachedPosition(of one: TopicPartition) -> Offset? {
        guard let partition = partitions[one], partition.phase == .fetching,
            queue.byteCount(of: one) == 0
        else { return nil }
        return partition.position
    }

    /// The next batches, in the order in which they came. Batches without records are passed over; so there
    /// may be room for more, which `takeRoom` tells, though nothing is returned.
    ///
    /// - Throws: the error of a partition, once.
    mutating func take() throws(ConsumerError) -> FetchedRecords? {
        defer {
            for one in queue.takeLeft() {
                due.touch(one)
                hasMoreRoom = true
            }
        }
        return try queue.take()
    }

    /// Whether `take` has made room since this was asked last.
    mutating func takeRoom() -> Bool {
        defer { hasMoreRoom = false }
        return hasMoreRoom
    }

    /// By `auto.offset.reset`, for a partition without a position, or with one that the log does
    /// not have.
    mutating func locate(_ partition: inout FetchPartition, _ one: TopicPartition, lost: Offset?) {
        switch settings.autoOffsetReset {
        case .earliest: partition.phase = .locating(.earliest)
        case .latest: partition.phase = .locating(.latest)
        case .byDuration(let milliseconds):
            partition.phase = .locating(.newerThan(milliseconds: milliseconds))
        case .none:
            partition.phase = .failed
            queue.fail(.noPosition(one, lost))
        }
    }
}
