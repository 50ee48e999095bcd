import KafkaProtocol
import NIOCore
import RecordFormat

/// What a member of a share group asks which broker for next, what it has got, and what is to be acknowledged.
///
/// Records are asked for when somebody waits for some and nothing is there: what lies here would be kept from
/// the group's other members. At most one request is in flight to each broker; acknowledgements go with the next
/// fetch, or alone where none goes.
///
/// A pure state machine. An event is a call; what it wants done is taken with `takeActions` afterwards. Times are
/// milliseconds of any clock that does not go backwards; `advance` is to be called at `nextDeadlineMs`. It does no
/// I/O.
///
/// Thread contract: a value with one owner.
struct ShareFetchState: Sendable {
    enum Action: Hashable, Sendable {
        /// To be answered by `fetched` or `requestFailed`, with the ticket.
        case fetch(broker: Int32, ShareFetchRequest, ticket: Int)
        /// To be answered by `acknowledged` or `requestFailed`, with the ticket.
        case acknowledge(broker: Int32, ShareAcknowledgeRequest, ticket: Int)
        /// To be answered by `leads`.
        case refreshMetadata
    }

    struct Partition: Sendable {
        /// `none` before it is known.
        var topicID = TopicID.none
        var leader: Int32?
        var failures = 0
        var pausedUntilMs: Int64 = 0
    }

    struct Broker: Sendable {
        var session = ShareSession()
        /// What is to be said to it.
        var pending: [TopicPartition: Acknowledgements] = [:]
        /// The ticket of the request in flight, and what it acknowledges.
        var ticket: Int?
        var inFlight: [TopicPartition: Acknowledgements] = [:]
        /// Whether the request in flight closes the session.
        var isClosing = false
        var failures = 0
        var pausedUntilMs: Int64 = 0

        var isIdle: Bool { ticket == nil && pending.isEmpty }
    }

    let consumer: ConsumerSettings
    let share: ShareSettings
    let groupID: String
    let memberID: String
    let backoff: Backoff
    /// Between 0 and 1, to be drawn anew now and then.
    var jitter = 0.5
    /// Whether somebody waits for records.
    var isWanted = false

    /// Whether somebody waits for what is acknowledged.
    var isFlushing = false

    var partitions: [TopicPartition: Partition] = [:]
    /// By broker, the partitions to be asked for, while nothing has happened to any.
    var wanted: [Int32: [TopicPartition: TopicID]] = [:]
    var leadersHaveChanged = true
    /// When the first of them that are left alone for a while is asked for again.
    var pausedUntilMs: Int64?
    var brokers: [Int32: Broker] = [:]
    /// What waits to be taken, in the order in which it came.
    private(set) var queue: [ShareRecords] = []
    private(set) var errors: [any Error] = []
    /// What was handed out and not acknowledged, by the broker that gave it.
    private(set) var held: [TopicPartition: [Int32: OffsetRanges]] = [:]
    /// The ids of topics, also of those that the member does not have any more.
    var ids: [String: TopicID] = [:]
    /// The names of topics by all ids that they have had.
    var names: [TopicID: String] = [:]
    /// Acknowledgements that brokers have refused, or of which nobody knows, since the last `takeRefusals`.
    var refusals: [TopicPartition: ErrorCode] = [:]
    /// How many offsets they were of, over all time.
    var refusedCount: Int64 = 0
    /// Whether it says what it has to say, and closes its sessions.
    private(set) var isClosing = false
    private var lastTicket = 0
    private var actions: [Action] = []

    init(
        consumer: ConsumerSettings, share: ShareSettings, groupID: String, memberID: String,
        backoff: Backoff
    ) {
        self.consumer = consumer
        self.share = share
        self.groupID = groupID
        self.memberID = memberID
        self.backoff = backoff
    }

    mutating func takeActions() -> [Action] {
        defer { actions.removeAll(keepingCapacity: true) }
        return actions
    }

    mutating func act(_ action: Action) { actions.append(action) }

    mutating func newTicket() -> Int {
        lastTicket += 1
        return lastTicket
    }

    // MARK: Partitions

    mutating func add(_ added: some Sequence<TopicPartition>) {
        for one in added where partitions[one] == nil { partitions[one] = Partition() }
        leadersHaveChanged = true
    }

    /// They are asked for no more. What was got of them and not handed out goes to others.
    mutating func remove(_ removed: some Sequence<TopicPartition>) {
        let removed = Set(removed)
        for one in removed { partitions[one] = nil }
        leadersHaveChanged = true
        giveBack { removed.contains($0.partition) }
    }

    /// What the metadata says, of the partitions that the member has.
    mutating func leads(_ leaders: [TopicPartition: PartitionLeader], topicIDs: [String: TopicID]) {
        leadersHaveChanged = true
        for (topic, id) in topicIDs where id != .none {
            ids[topic] = id
            names[id] = topic
        }
        for one in partitions.keys {
            let leader = leaders[one].map(\.nodeID)
            partitions[one]?.leader = leader == PartitionLeader.noNode ? nil : leader
            partitions[one]?.topicID = topicIDs[one.topic] ?? .none
        }
    }

    // MARK: Records

    mutating func put(_ records: ShareRecords) { queue.append(records) }
    mutating func fail(_ error: any Error) { errors.append(error) }

    /// Everything that is there; nil if nothing is. Errors come once what was got before them is taken.
    mutating func take() throws -> [ShareRecords]? {
        guard queue.isEmpty else {
            defer { queue = [] }
            for records in queue {
                for range in records.acquired {
                    held[records.partition, default: [:]][records.broker, default: OffsetRanges()]
                        .insert(range.offsets)
                }
            }
            return queue
        }
        if !errors.isEmpty { throw errors.removeFirst() }
        return nil
    }

    /// Releases records that nobody has taken.
    private mutating func giveBack(_ isGiven: (ShareRecords) -> Bool) {
        for records in queue where isGiven(records) {
            for range in records.acquired {
                say(.release, of: range.offsets, in: records.partition, to: records.broker)
            }
        }
        queue.removeAll(where: isGiven)
    }

    /// What this broker gave is not the member's any more. Of what the application would have accepted by asking
    /// for more, the acknowledgement is lost; where it says it itself, it hears of it then.
    mutating func forget(givenBy id: Int32, _ code: ErrorCode) {
        queue.removeAll { $0.broker == id }
        for (one, brokers) in held {
            guard let ranges = brokers[id] else { continue }
            if share.acknowledgementMode == .implicit {
                refusals[one] = code
                refusedCount = refusedCount.addingWithinBounds(ranges.count)
            }
            held[one]?[id] = nil
            if held[one]?.isEmpty == true { held[one] = nil }
        }
    }

    // MARK: Acknowledgements

    /// Everything that was handed out is consumed.
    mutating func acceptHeld() {
        for (one, brokers) in held {
            for (broker, ranges) in brokers {
                for range in ranges.ranges { say(.accept, of: range, in: one, to: broker) }
            }
        }
        held = [:]
    }

    /// - Returns: false where the member does not have all of these records, and nothing was done.
    mutating func acknowledge(
        _ range: OffsetRanges.Range, of one: TopicPartition, _ type: AcknowledgeType
    ) -> Bool {
        let known = held[one] ?? [:]
        guard OffsetRanges(known.values.flatMap(\.ranges)).contains(range) else { return false }
        for (broker, ranges) in known {
            for part in ranges.intersection(range) { say(type, of: part, in: one, to: broker) }
            // Who has renewed a record says later what became of it.
            guard type != .renew else { continue }
            held[one]?[broker]?.remove(range)
            if held[one]?[broker]?.isEmpty == true { held[one]?[broker] = nil }
        }
        if held[one]?.isEmpty == true { held[one] = nil }
        return true
    }

    /// The brokers that gave what the application has of these records.
    func givers(of range: OffsetRanges.Range, in one: TopicPartition) -> Set<Int32> {
        Set((held[one] ?? [:]).filter { !$0.value.intersection(range).isEmpty }.keys)
    }

    mutating func say(
        _ type: AcknowledgeType, of range: OffsetRanges.Range, in one: TopicPartition,
        to broker: Int32
    ) {
        brokers[broker, default: Broker()].pending[one, default: Acknowledgements()]
            .set(range, type)
    }

    mutating func takeRefusals() -> [TopicPartition: ErrorCode] {
        defer { refusals = [:] }
        return refusals
    }

    /// Whether everything that was acknowledged is answered.
    var hasSaidAll: Bool { brokers.values.allSatisfy { $0.pending.isEmpty && $0.inFlight.isEmpty } }

    /// Nothing more is asked for; what was said goes to the brokers, and what was not is anybody's.
    mutating func close() {
        isClosing = true
        giveBack { _ in true }
        partitions = [:]
        leadersHaveChanged = true
        held = [:]
    }

    /// Whether all sessions are closed.
    var hasClosed: Bool { isClosing && brokers.isEmpty }
}
