import KafkaProtocol
import RecordFormat

/// A consumer's membership in a group of the classic protocol, eager or cooperative (KIP-429),
/// dynamic or static (KIP-345).
///
/// A pure state machine. An event is a call; what it wants done is taken with `takeActions`
/// afterwards. Times are milliseconds of any clock that does not go backwards; `advance` is to be
/// called at `nextDeadlineMs`. It does no I/O. An answer that is no longer waited for is ignored.
///
/// Thread contract: a value with one owner.
struct Membership: GroupMembership {
    enum Phase: Hashable, Sendable {
        /// No request of a join is in flight; it joins as soon as it has a coordinator and no pause
        /// to keep.
        case unjoined
        /// Eager: it gives up everything, and then joins.
        case givingUp
        case joining
        /// This member leads, and divides the partitions.
        case assigning
        case syncing
        case stable
        /// Cooperative: it gives up what others are to have, and then joins again.
        case revoking
        /// It left because nobody took records, and joins again once somebody does.
        case idle
        /// It gives up everything, and then leaves.
        case closing
        case leaving
        case ended
    }

    let group: GroupSettings
    let backoff: Backoff
    var topics: Set<String>
    /// Between 0 and 1, to be drawn anew now and then, so that members do not come back all at
    /// once.
    var jitter = 0.5

    var phase = Phase.unjoined
    /// Empty until the coordinator gives one, or where it has forgotten the one that it gave.
    var memberID = ""
    /// −1 outside of a generation.
    var generation: Int32 = -1
    var protocolName = ""
    var isLeader = false
    var owned: Set<TopicPartition> = []
    /// What the generation before gave, for the assignor `sticky`: an eager member owns nothing
    /// when it joins.
    var previous: (partitions: Set<TopicPartition>, generation: Int32) = ([], -1)

    var hasCoordinator = false
    /// The ticket of the look-up, of the heartbeat, and of the join, sync or leave in flight.
    var lookUpTicket: Int?
    var heartbeatTicket: Int?
    var requestTicket: Int?
    private var lastTicket = 0

    var failures = 0
    var pausedUntilMs: Int64 = 0
    var heartbeatDueMs: Int64 = 0
    var lastHeartbeatAnswerMs: Int64 = 0
    var lastPollMs: Int64
    private var actions: [MembershipAction] = []

    init(group: GroupSettings, topics: Set<String>, backoff: Backoff, nowMs: Int64) {
        self.group = group
        self.topics = topics
        self.backoff = backoff
        lastPollMs = nowMs
    }

    var instanceID: String? { group.groupInstanceID.isEmpty ? nil : group.groupInstanceID }

    var isClosing: Bool { phase == .closing }

    /// Whether the member is in a generation, in which it has to send heartbeats and may commit.
    var isInGeneration: Bool { generation >= 0 && phase != .joining }

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

    /// When `advance` has something to do, if nothing else happens; nil once it has ended.
    var nextDeadlineMs: Int64? {
        switch phase {
        case .ended, .leaving: return nil
        case .idle: return nil
        default: break
        }
        var deadlines: [Int64] = []
        if !hasCoordinator, lookUpTicket == nil { deadlines.append(pausedUntilMs) }
        if phase == .unjoined, hasCoordinator { deadlines.append(pausedUntilMs) }
        if isInGeneration, hasCoordinator {
            deadlines.append(
                heartbeatTicket == nil
                    ? heartbeatDueMs : lastHeartbeatAnswerMs + group.sessionTimeoutMs)
        }
        if phase != .closing { deadlines.append(lastPollMs + group.maxPollIntervalMs) }
        return deadlines.min()
    }

    /// Does what is due.
    mutating func advance(nowMs: Int64) {
        switch phase {
        case .ended, .leaving, .idle: return
        default: break
        }
        if phase != .closing, nowMs - lastPollMs >= group.maxPollIntervalMs {
            return goIdle(nowMs: nowMs)
        }
        if !hasCoordinator {
            guard lookUpTicket == nil, nowMs >= pausedUntilMs else { return }
            lookUpTicket = send(.findCoordinator)
            return
        }
        if phase == .unjoined, nowMs >= pausedUntilMs { beginJoin() }
        beat(nowMs: nowMs)
    }

    /// Somebody takes records, or waits for some.
    mutating func polled(nowMs: Int64) {
        lastPollMs = max(lastPollMs, nowMs)
        guard phase == .idle else { return }
        phase = .unjoined
        advance(nowMs: nowMs)
    }

    /// Joins again, because of other topics or because a topic has more partitions.
    mutating func rejoin(nowMs: Int64) {
        guard phase == .stable else { return }
        phase = .unjoined
        advance(nowMs: nowMs)
    }

    /// Gives up everything and leaves; a static member stays in the group until its session ends.
    mutating func close(nowMs: Int64) {
        switch phase {
        case .closing, .leaving, .ended: return
        default: break
        }
        requestTicket = nil
        phase = .closing
        if owned.isEmpty {
            revoked(nowMs: nowMs)
        } else {
            act(.revoke(sorted(owned)))
        }
    }

    /// The partitions of the last `revoke` are given up.
    mutating func revoked(nowMs: Int64) {
        switch phase {
        case .givingUp:
            owned = []
            phase = .unjoined
            advance(nowMs: nowMs)
        case .revoking:
            phase = .unjoined
            advance(nowMs: nowMs)
        case .closing:
            owned = []
            leave()
        default: break
        }
    }

    func sorted(_ partitions: some Sequence<TopicPartition>) -> [TopicPartition] {
        partitions.sorted(by: TopicPartition.comesBefore)
    }
}
