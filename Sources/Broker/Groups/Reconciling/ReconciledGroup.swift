import KafkaProtocol
import RecordFormat

/// One group of the consumer protocol (KIP-848): the broker assigns, and each member is brought to its
/// assignment step by step, without a barrier for all.
///
/// The group's epoch grows with each change of members, subscriptions or topics. An assignment is made
/// for it, and a member gets the epoch once it has given up what the assignment takes from it. A
/// partition goes to another member only then.
///
/// A pure state machine: an event is a call; what it wants done is taken with `takeActions`, what is
/// to be written with `takeRecords`. An event whose records cannot be written is undone by the copy of
/// the group from before. The rules are those of Kafka's group coordinator.
///
/// Thread contract: a value with one owner, the coordinator.
struct ReconciledGroup: Sendable {
    /// A topic to which members subscribe.
    struct Topic: Hashable, Sendable {
        var id: TopicID
        var partitionCount: Int32
    }

    /// The topics that a regular expression matches.
    struct Resolution: Sendable, Equatable {
        var topics: Set<String>
        /// The log's count of changes then; nil in what was read at the start.
        var topicChangeCount: Int?
        /// In milliseconds since 1970.
        var timestampMs: Int64
    }

    /// What a member sends to join.
    static let joiningEpoch: Int32 = 0
    /// What a member sends to leave.
    static let leavingEpoch: Int32 = -1
    /// What a static member sends that will be back.
    static let awayEpoch: Int32 = -2

    let id: String
    var config: GroupConfig
    private var assigned = AssignedMembers<ReconciledMember>()
    /// The static members: member id by `group.instance.id`.
    private(set) var staticMembers: [String: String] = [:]
    /// How many members subscribe by each regular expression.
    private(set) var patternCounts: [String: Int] = [:]
    private(set) var resolutions: [String: Resolution] = [:]
    /// Those of the subscribed topics that there are, by name, as of the last assignment.
    private(set) var topics: [String: Topic] = [:]
    /// The log's count of changes when `topics` were found.
    var topicChangeCount: Int?
    /// The members that hold a partition.
    private var holders: [TopicID: [Int32: String]] = [:]
    /// The memory that `resolutions` take, roughly.
    private var resolutionByteCount = 0
    private var actions: [ReconciledGroupAction] = []

    init(id: String, config: GroupConfig) {
        self.id = id
        self.config = config
    }

    mutating func takeActions() -> [ReconciledGroupAction] {
        defer { actions.removeAll() }
        return actions
    }

    mutating func takeRecords() -> [ReconciledGroupRecord] { assigned.takeRecords() }

    var epoch: Int32 { assigned.epoch }
    var assignmentEpoch: Int32 { assigned.assignmentEpoch }
    var members: [String: ReconciledMember] { assigned.members }
    /// By member id.
    var target: [String: PartitionSet] { assigned.target }
    /// The memory that the group takes, roughly.
    var byteCount: Int { assigned.byteCount + resolutionByteCount }
    /// What ends all that was written of members.
    var memberTombstones: [ReconciledGroupRecord] { assigned.tombstones }

    /// The topics that any member subscribes to.
    var subscribedTopics: Set<String> {
        var names: Set<String> = []
        for member in members.values { names.formUnion(member.subscription.topicNames) }
        for pattern in patternCounts.keys { names.formUnion(resolutions[pattern]?.topics ?? []) }
        return names
    }

    /// The ids of those topics that the member subscribes to.
    func topicIDs(of member: ReconciledMember) -> Set<TopicID> {
        var ids = Set(member.subscription.topicNames.compactMap { topics[$0]?.id })
        if let pattern = member.pattern, let resolution = resolutions[pattern] {
            ids.formUnion(resolution.topics.compactMap { topics[$0]?.id })
        }
        return ids
    }

    /// The assignor that most members name; the broker's first one where none does.
    var assignor: ServerAssignor {
        var votes: [ServerAssignor: Int] = [:]
        for member in members.values {
            if let assignor = member.subscription.assignor { votes[assignor, default: 0] += 1 }
        }
        let candidates = config.consumerAssignors.filter { votes[$0] != nil }
        return candidates.max { votes[$0, default: 0] < votes[$1, default: 0] }
            ?? config.consumerAssignors.first ?? .uniform
    }

    /// Kafka's name of the state.
    var stateName: String {
        if members.isEmpty { return "Empty" }
        if epoch > assignmentEpoch { return "Assigning" }
        let isStable = members.values.allSatisfy {
            $0.progress.state == .stable && $0.progress.epoch == assignmentEpoch
        }
        return isStable ? "Stable" : "Reconciling"
    }
}

/// What a `ReconciledGroup` wants done.
enum ReconciledGroupAction: Sendable, Equatable {
    /// To fire once, so long from now. An earlier setting of the same timer is void.
    case setTimer(ReconciledGroupTimer, afterMs: Int64)
    /// The same, unless it is set already.
    case startTimer(ReconciledGroupTimer, afterMs: Int64)
    case cancelTimer(ReconciledGroupTimer)
}

enum ReconciledGroupTimer: Hashable, Sendable {
    /// A sign of life of this member.
    case session(memberID: String)
    /// Word of this member that it gave up what was taken from it.
    case revocation(memberID: String)
    /// JoinGroup of a member of the classic protocol, which it was asked for.
    case join(memberID: String)
    /// SyncGroup of a member of the classic protocol, which it owes after JoinGroup.
    case sync(memberID: String)
}

// Bookkeeping: only these functions change members and what follows from them.
extension ReconciledGroup {
    mutating func act(_ action: ReconciledGroupAction) { actions.append(action) }

    mutating func set(_ member: ReconciledMember) {
        let known = members[member.id]
        guard known != member else { return }
        if let known { release(known) }
        assigned.set(member)
        if let instanceID = member.subscription.instanceID { staticMembers[instanceID] = member.id }
        if let pattern = member.pattern { patternCounts[pattern, default: 0] += 1 }
        member.held.visit { holders[$0, default: [:]][$1] = member.id }
    }

    mutating func remove(_ memberID: String) {
        guard let member = assigned.remove(memberID) else { return }
        release(member)
        cancelTimers(of: member)
    }

    mutating func cancelTimers(of member: ReconciledMember) {
        act(.cancelTimer(.session(memberID: member.id)))
        act(.cancelTimer(.revocation(memberID: member.id)))
        guard member.subscription.classic != nil else { return }
        act(.cancelTimer(.join(memberID: member.id)))
        act(.cancelTimer(.sync(memberID: member.id)))
    }

    /// Takes out what follows from the member as it was.
    private mutating func release(_ member: ReconciledMember) {
        if let instanceID = member.subscription.instanceID, staticMembers[instanceID] == member.id {
            staticMembers[instanceID] = nil
        }
        if let pattern = member.pattern, let count = patternCounts[pattern] {
            patternCounts[pattern] = count > 1 ? count - 1 : nil
        }
        member.held.visit {
            if holders[$0]?[$1] == member.id { holders[$0]?[$1] = nil }
        }
    }

    func isHeld(_ partition: Int32, of topic: TopicID) -> Bool {
        holders[topic]?[partition] != nil
    }

    /// A group that was of the classic protocol goes on with its generation as its epoch.
    mutating func begin(at generation: Int32, _ target: [String: PartitionSet]) {
        assigned.begin(at: generation)
        setTarget(target)
    }

    mutating func raiseEpoch() { assigned.raiseEpoch() }

    mutating func setTopics(_ found: [String: Topic]) {
        topics = found
        assigned.write(.topics(found))
    }

    mutating func setTarget(_ target: [String: PartitionSet]) {
        assigned.setTarget(target.lazy.map { ($0.key, $0.value) })
    }

    /// A static member came back under another id: it has the assignment of the former one.
    mutating func moveTarget(from formerID: String, to memberID: String) {
        guard let partitions = target[formerID] else { return }
        assigned.setTarget(partitions, of: memberID)
    }

    /// Takes up what a regular expression matches; returns whether that has changed.
    mutating func setResolution(_ resolution: Resolution, of pattern: String) -> Bool {
        let known = resolutions[pattern]
        resolutionByteCount += resolution.byteCount - (known?.byteCount ?? 0)
        resolutions[pattern] = resolution
        guard known?.topics != resolution.topics else { return false }
        assigned.write(.resolution(pattern: pattern, resolution))
        return true
    }

    /// Forgets what regular expressions match by which nobody subscribes any more.
    mutating func forgetUnusedResolutions() {
        for pattern in resolutions.keys where patternCounts[pattern] == nil {
            forgetResolution(of: pattern)
            assigned.write(.resolution(pattern: pattern, nil))
        }
    }

    private mutating func forgetResolution(of pattern: String) {
        resolutionByteCount -= resolutions[pattern]?.byteCount ?? 0
        resolutions[pattern] = nil
    }

    /// Takes up a record that was read, at the start.
    mutating func restore(_ record: ReconciledGroupRecord) {
        switch record {
        case .epoch(let value): assigned.restore(epoch: value)
        case .topics(let value): topics = value ?? [:]
        case .assignmentEpoch(let value): assigned.restore(assignmentEpoch: value)
        case .target(let memberID, let value): assigned.restore(target: value, of: memberID)
        case .subscription(let memberID, let value):
            if let member = assigned.restored(value, of: memberID) {
                set(member)
            } else {
                remove(memberID)
            }
        case .progress(let memberID, let value):
            if let member = assigned.restored(value, of: memberID) { set(member) }
        case .resolution(let pattern, var value?):
            // The log counts its changes anew.
            value.topicChangeCount = nil
            _ = setResolution(value, of: pattern)
        case .resolution(let pattern, nil): forgetResolution(of: pattern)
        }
        _ = takeRecords()
        actions.removeAll()
    }

    mutating func forgetStrays() { assigned.forgetStrays() }
}
