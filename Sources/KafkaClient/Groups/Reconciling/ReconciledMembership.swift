import KafkaProtocol
import RecordFormat

/// A consumer's membership in a group of the consumer protocol (KIP-848), dynamic or static, or in a share
/// group (KIP-932).
///
/// The coordinator assigns, and each member goes by itself from what it has to what it is to have: it
/// gives up partitions, commits, takes others, and says so with its next heartbeat. Heartbeats are the
/// only requests, one at a time; they have what has changed since the last one, and everything when the
/// member joins or does not know what became of the last one. The member names itself (KIP-1082).
///
/// A pure state machine, as `GroupMembership` says.
///
/// Thread contract: a value with one owner.
struct ReconciledMembership: GroupMembership {
    /// Which group it is. They differ in what their heartbeats say.
    enum Kind: Hashable, Sendable {
        case consumer
        case share

        var api: ApiKey { self == .share ? .shareGroupHeartbeat : .consumerGroupHeartbeat }
    }

    enum Phase: Hashable, Sendable {
        /// It has no epoch, and joins as soon as it has a coordinator and no pause to keep.
        case joining
        /// It has what it is to have, as far as the names of the topics are known.
        case stable
        /// It gives up what others are to have.
        case revoking
        /// It left because nobody took records, and joins again once somebody does.
        case idle
        /// It gives up everything, and then leaves.
        case closing
        case leaving
        case ended
    }

    /// Epochs that say what a member without one wants.
    static let joiningEpoch: Int32 = 0
    static let leavingEpoch: Int32 = -1
    static let awayEpoch: Int32 = -2

    let kind: Kind
    let group: GroupSettings
    let backoff: Backoff
    let topics: Set<String>
    /// Empty where the client says of no rack.
    let rack: String
    var jitter = 0.5

    var phase = Phase.joining
    var memberID: String
    var epoch = joiningEpoch
    /// Whether it has taken nothing, not even nothing, since it joined.
    var isNew = true
    /// What the coordinator gave last; nil before it gave anything.
    var target: TopicIDPartitionSet?
    /// What the member has.
    var held = TopicIDPartitionSet()
    /// The same by name.
    var owned: Set<TopicPartition> = []
    /// Of what it has, what it gives up.
    var leaving = TopicIDPartitionSet()
    /// The topics of which the name is known.
    var names: [TopicID: String] = [:]

    /// Whether the coordinator has all that does not change.
    var hasToldAll = false
    /// What the coordinator was told that the member has; nil where it is to be told again.
    var toldHeld: TopicIDPartitionSet?
    /// Whether the group may have gone on without the member since the last heartbeat was sent.
    var isInDoubt = false

    var hasCoordinator = false
    var lookUpTicket: Int?
    /// The ticket of the heartbeat in flight, also of the one that leaves.
    var heartbeatTicket: Int?
    private var lastTicket = 0
    /// How often it has asked to join.
    var joinCount = 0

    var failures = 0
    var pausedUntilMs: Int64 = 0
    /// As the coordinator says; unknown before the first answer.
    var heartbeatIntervalMs: Int64 = 0
    var heartbeatDueMs: Int64
    var lastPollMs: Int64
    /// When to ask for the names of topics; nil where all are known, or an answer is on its way.
    var namesDueMs: Int64?
    var namelessAnswers = 0
    private var actions: [MembershipAction] = []

    /// - Parameter memberID: a random one, which no other member has.
    init(
        _ kind: Kind = .consumer, group: GroupSettings, topics: Set<String>, rack: String = "",
        memberID: String, backoff: Backoff, nowMs: Int64
    ) {
        self.kind = kind
        self.group = group
        self.topics = topics
        self.rack = rack
        self.memberID = memberID
        self.backoff = backoff
        lastPollMs = nowMs
        heartbeatDueMs = nowMs
    }

    /// Members of share groups are never static.
    var instanceID: String? {
        group.groupInstanceID.isEmpty || kind == .share ? nil : group.groupInstanceID
    }
    var generation: Int32 { epoch > Self.joiningEpoch ? epoch : -1 }
    var isInGeneration: Bool { epoch > Self.joiningEpoch }
    var isClosing: Bool { phase == .closing }

    mutating func takeActions() -> [MembershipAction] {
        defer { actions.removeAll(keepingCapacity: true) }
        return actions
    }

    mutating func act(_ action: MembershipAction) { actions.append(action) }

    mutating func send(_ request: GroupRequest) -> Int {
        lastTicket += 1
        act(.send(request, ticket: lastTicket))
        return lastTicket
    }

    /// Whether it has heartbeats to send.
    private var beats: Bool { phase == .joining || isInGeneration }

    var nextDeadlineMs: Int64? {
        switch phase {
        case .ended, .leaving, .idle: return nil
        default: break
        }
        var deadlines: [Int64] = []
        if !hasCoordinator, lookUpTicket == nil { deadlines.append(pausedUntilMs) }
        if hasCoordinator, heartbeatTicket == nil, beats {
            deadlines.append(max(heartbeatDueMs, pausedUntilMs))
        }
        if phase != .closing { deadlines.append(lastPollMs + group.maxPollIntervalMs) }
        if let namesDueMs { deadlines.append(namesDueMs) }
        return deadlines.min()
    }

    mutating func advance(nowMs: Int64) {
        switch phase {
        case .ended, .leaving, .idle: return
        default: break
        }
        if phase != .closing, nowMs - lastPollMs >= group.maxPollIntervalMs {
            return goIdle(nowMs: nowMs)
        }
        if let due = namesDueMs, nowMs >= due {
            namesDueMs = nil
            act(.refreshTopics)
        }
        if !hasCoordinator {
            guard lookUpTicket == nil, nowMs >= pausedUntilMs else { return }
            lookUpTicket = send(.findCoordinator)
            return
        }
        guard beats, heartbeatTicket == nil, nowMs >= max(heartbeatDueMs, pausedUntilMs) else {
            return
        }
        heartbeatTicket = send(heartbeat())
    }

    mutating func polled(nowMs: Int64) {
        lastPollMs = max(lastPollMs, nowMs)
        guard phase == .idle else { return }
        phase = .joining
        heartbeatDueMs = nowMs
        advance(nowMs: nowMs)
    }

    mutating func close(nowMs: Int64) {
        switch phase {
        case .closing, .leaving, .ended: return
        default: break
        }
        phase = .closing
        namesDueMs = nil
        if owned.isEmpty {
            revoked(nowMs: nowMs)
        } else {
            act(.revoke(sorted(owned)))
        }
    }

    mutating func revoked(nowMs: Int64) {
        switch phase {
        case .revoking:
            release(leaving)
            leaving = TopicIDPartitionSet()
            phase = .stable
            reconcile(nowMs: nowMs)
            advance(nowMs: nowMs)
        case .closing:
            release(held)
            leave()
        default: break
        }
    }

    func sorted(_ partitions: some Sequence<TopicPartition>) -> [TopicPartition] {
        partitions.sorted(by: TopicPartition.comesBefore)
    }

    /// By name; without those whose names are not known.
    func named(_ partitions: TopicIDPartitionSet) -> [TopicPartition] {
        sorted(
            partitions.topics.flatMap { id, partitions -> [TopicPartition] in
                guard let name = names[id] else { return [] }
                return partitions.map { TopicPartition(topic: name, partition: $0) }
            })
    }

    private mutating func release(_ partitions: TopicIDPartitionSet) {
        owned.subtract(named(partitions))
        held = held.subtracting(partitions)
        toldHeld = nil
    }
}
