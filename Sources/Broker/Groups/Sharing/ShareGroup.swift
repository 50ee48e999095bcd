import KafkaProtocol
import RecordFormat

/// One share group (KIP-932): its members read partitions together, each other records of them. The broker assigns the
/// partitions to members, several to one and one to several, and a member takes up its assignment with its next
/// heartbeat: nobody has to give up anything first.
///
/// A pure state machine, as `ReconciledGroup` is: an event is a call; what it wants done is taken with `takeActions`,
/// what is to be written with `takeRecords`, and an event whose records cannot be written is undone by the copy from
/// before. The rules are those of Kafka's group coordinator.
///
/// Thread contract: a value with one owner, the coordinator.
struct ShareGroup: Sendable {
    /// A topic of which the group has share partitions.
    struct SharedTopic: Sendable, Equatable {
        var name: String
        var partitions: Set<Int32>
    }

    static let joiningEpoch: Int32 = 0
    static let leavingEpoch: Int32 = -1

    let id: String
    var config: GroupConfig
    private var assigned = AssignedMembers<ShareGroupMember>()
    /// Those of the subscribed topics that there are, by name, as of the last assignment.
    private(set) var topics: [String: ReconciledGroup.Topic] = [:]
    /// The partitions that members have been assigned at some time: the group has a place in each.
    private(set) var shared: [TopicID: SharedTopic] = [:]
    /// The log's count of changes when `topics` were found.
    var topicChangeCount: Int?
    /// The memory that `shared` takes, roughly.
    private var sharedByteCount = 0
    private var actions: [ShareGroupAction] = []

    init(id: String, config: GroupConfig) {
        self.id = id
        self.config = config
    }

    mutating func takeActions() -> [ShareGroupAction] {
        defer { actions.removeAll() }
        return actions
    }

    mutating func takeRecords() -> [ShareGroupRecord] { assigned.takeRecords() }

    var epoch: Int32 { assigned.epoch }
    var assignmentEpoch: Int32 { assigned.assignmentEpoch }
    var members: [ExactName: ShareGroupMember] { assigned.members }
    /// By member id.
    var target: [ExactName: PartitionSet] { assigned.target }
    /// The memory that the group takes, roughly.
    var byteCount: Int { assigned.byteCount + sharedByteCount }

    /// Kafka's name of the state.
    var stateName: String { members.isEmpty ? "Empty" : "Stable" }

    /// The topics that any member subscribes to.
    var subscribedTopics: Set<String> {
        members.values.reduce(into: []) { $0.formUnion($1.subscription.topicNames) }
    }

    /// All partitions in which the group has a place, in an order that is always the same.
    var sharedPartitions: [TopicIDPartition] {
        shared.keys.sorted { $0.precedes($1) }.flatMap { partitions(of: $0) }
    }

    func partitions(of topic: TopicID) -> [TopicIDPartition] {
        (shared[topic]?.partitions ?? []).sorted().map {
            TopicIDPartition(topicID: topic, partition: $0)
        }
    }
}

/// What a `ShareGroup` wants done.
enum ShareGroupAction: Sendable, Equatable {
    /// To wait so long for a sign of life of this member.
    case setSession(memberID: String, afterMs: Int64)
    case cancelSession(memberID: String)
    /// The member is gone: what it has in flight may go to others.
    case left(memberID: String)
}

// Bookkeeping: only these functions change members and what follows from them.
extension ShareGroup {
    mutating func act(_ action: ShareGroupAction) { actions.append(action) }

    mutating func set(_ member: ShareGroupMember) {
        if members[member.id] != member { assigned.set(member) }
    }

    mutating func remove(_ memberID: String) {
        guard assigned.remove(memberID) != nil else { return }
        act(.cancelSession(memberID: memberID))
        act(.left(memberID: memberID))
    }

    mutating func raiseEpoch() { assigned.raiseEpoch() }

    mutating func setTopics(_ found: [String: ReconciledGroup.Topic]) { topics = found }

    mutating func setTarget(_ target: [ExactName: PartitionSet]) {
        assigned.setTarget(target.lazy.map { ($0.key.text, $0.value) })
    }

    /// Takes up more partitions in which the group has a place. All are written down in one record.
    mutating func share(_ more: [TopicID: SharedTopic]) {
        var isChanged = false
        for (id, topic) in more where !topic.partitions.isEmpty {
            var all = topic
            if let known = shared[id] {
                if known.partitions.isSuperset(of: topic.partitions) { continue }
                all.partitions.formUnion(known.partitions)
            }
            setShared(all, of: id)
            isChanged = true
        }
        if isChanged { assigned.write(.shared(shared)) }
    }

    /// Forgets these topics: the group has no place in them any more.
    mutating func unshare(where isForgotten: (TopicID, SharedTopic) -> Bool) {
        let forgotten = shared.filter { isForgotten($0.key, $0.value) }
        guard !forgotten.isEmpty else { return }
        for id in forgotten.keys { setShared(nil, of: id) }
        assigned.write(.shared(shared))
    }

    private mutating func setShared(_ topic: SharedTopic?, of id: TopicID) {
        sharedByteCount += (topic?.byteCount ?? 0) - (shared[id]?.byteCount ?? 0)
        shared[id] = topic
    }

    /// Takes up a record that was read, at the start.
    mutating func restore(_ record: ShareGroupRecord) {
        switch record {
        case .epoch(let value): assigned.restore(epoch: value)
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
        case .shared(let value):
            for id in shared.keys { setShared(nil, of: id) }
            for (id, topic) in value ?? [:] { setShared(topic, of: id) }
        }
        _ = takeRecords()
        actions.removeAll()
    }

    mutating func forgetStrays() { assigned.forgetStrays() }

    /// What ends all that was written of the group.
    var tombstones: [ShareGroupRecord] {
        assigned.tombstones + [.assignmentEpoch(nil), .shared(nil), .epoch(nil)]
    }
}

extension ShareGroup.SharedTopic {
    var byteCount: Int { 64 + name.utf8.count + partitions.count * 8 }
}
