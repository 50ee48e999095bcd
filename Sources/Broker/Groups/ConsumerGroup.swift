import KafkaProtocol

/// One group of the classic protocol: its members, its generation, and the requests that wait.
///
/// A pure state machine. An event is a call; what it wants done is taken with `takeActions`
/// afterwards. It knows no clock but the wall-clock time it is given, draws no random numbers, and
/// does no I/O. The rules are those of Kafka's classic group coordinator, static membership
/// (KIP-345) and its skipped assignments (KIP-814) included.
///
/// Every waiting request is answered exactly once. Where a member repeats a request on a new
/// connection, the earlier request is answered with REBALANCE_IN_PROGRESS, though its connection is
/// probably gone; Kafka leaves it unanswered.
///
/// Thread contract: a value with one owner, the coordinator.
struct ConsumerGroup: Sendable {
    let id: String
    let config: GroupConfig

    private(set) var state = GroupState.empty
    /// When it came into this state, in milliseconds since 1970; nil where a record of an old
    /// format did not say.
    private(set) var stateTimestampMs: Int64?
    /// Only ever grows.
    var generation: Int32 = 0
    /// What the members speak among themselves, such as `consumer`; nil for a group that only ever
    /// committed offsets. It stays when the last member goes.
    var protocolType: String?
    /// The assignor of this generation.
    var protocolName: String?
    /// The member that assigns; always one of `members`, nil where there are none.
    var leaderID: String?
    private(set) var members: [String: GroupMember] = [:]
    /// The static members: member id by `group.instance.id`.
    private(set) var staticMembers: [String: String] = [:]
    /// Ids given out to members that have not joined with them yet.
    private(set) var pendingMembers: Set<String> = []
    /// Members of this generation whose SyncGroup is still to come.
    var pendingSync: Set<String> = []

    /// The generation whose assignment is being stored. A second assignment for it is ignored.
    var storingGeneration: Int32?

    /// How many members know each assignor.
    private(set) var supporters: [String: Int] = [:]
    private(set) var joiningCount = 0
    /// The memory that the members take, those included that were given an id and have not joined.
    private var memberByteCount = 0
    private var arrivals: UInt64 = 0
    /// What may still be added to the delay of the first rebalance; nil where no such delay runs.
    var initialDelayLeftMs: Int64?
    /// Members came during the delay, which is why it may be extended.
    var hasNewMembers = false
    private var actions: [GroupAction] = []

    /// A group without members, that nobody has joined yet.
    init(id: String, config: GroupConfig, nowMs: Int64) {
        self.id = id
        self.config = config
        stateTimestampMs = nowMs
    }

    /// What is to be done since the last call, in order.
    mutating func takeActions() -> [GroupAction] {
        defer { actions.removeAll(keepingCapacity: true) }
        return actions
    }

    var hasActions: Bool { !actions.isEmpty }

    mutating func act(_ action: GroupAction) { actions.append(action) }

    mutating func enter(_ next: GroupState, nowMs: Int64?) {
        state = next
        stateTimestampMs = nowMs
    }

    /// In the order in which they came.
    var membersByArrival: [GroupMember] {
        members.values.sorted { $0.arrival < $1.arrival }
    }

    /// The longest time that any member wants to be waited for.
    var rebalanceTimeoutMs: Int64 {
        Int64(members.values.map(\.rebalanceTimeoutMs).max() ?? 0)
    }

    /// The memory that the group takes because of its members.
    var byteCount: Int { memberByteCount == 0 ? 0 : id.utf8.count + memberByteCount }

    func isLeader(_ memberID: String) -> Bool { leaderID == memberID }
}

// Bookkeeping of the members. The counts and indexes follow from the members; only these functions
// change them.
extension ConsumerGroup {
    mutating func add(_ member: GroupMember) {
        precondition(members[member.id] == nil)
        var member = member
        arrivals += 1
        member.arrival = arrivals
        if member.waitingJoin != nil { joiningCount += 1 }
        for name in Set(member.protocols.map(\.name)) { supporters[name, default: 0] += 1 }
        if let instanceID = member.instanceID { staticMembers[instanceID] = member.id }
        if leaderID == nil { leaderID = member.id }
        members[member.id] = member
        memberByteCount += member.byteCount
    }

    mutating func addPending(_ memberID: String) {
        guard pendingMembers.insert(memberID).inserted else { return }
        memberByteCount += GroupMember.overheadByteCount + memberID.utf8.count
    }

    /// Whether it was among them.
    mutating func takePending(_ memberID: String) -> Bool {
        guard pendingMembers.remove(memberID) != nil else { return false }
        memberByteCount -= GroupMember.overheadByteCount + memberID.utf8.count
        return true
    }

    /// Takes a member out, and its timer with it. Its waiting requests are answered with
    /// UNKNOWN_MEMBER_ID, so that a member that is alive after all joins again.
    @discardableResult
    mutating func remove(_ memberID: String) -> GroupMember? {
        guard let waiting = members[memberID] else { return nil }
        answerJoin(of: memberID, .failure(.unknownMemberID, memberID: ""))
        answerSync(of: memberID, error: .unknownMemberID)
        members[memberID] = nil
        memberByteCount -= waiting.byteCount
        for name in Set(waiting.protocols.map(\.name)) { withdrawSupport(for: name) }
        if let instanceID = waiting.instanceID, staticMembers[instanceID] == memberID {
            staticMembers[instanceID] = nil
        }
        pendingSync.remove(memberID)
        if leaderID == memberID { leaderID = membersByArrival.first?.id }
        act(.cancelTimer(.session(memberID: memberID)))
        return waiting
    }

    mutating func update(
        _ memberID: String, protocols: [JoinGroupRequest.GroupProtocol],
        rebalanceTimeoutMs: Int32, sessionTimeoutMs: Int32
    ) {
        guard var member = members[memberID] else { return }
        for name in Set(member.protocols.map(\.name)) { withdrawSupport(for: name) }
        for name in Set(protocols.map(\.name)) { supporters[name, default: 0] += 1 }
        memberByteCount -= member.byteCount
        member.protocols = protocols
        memberByteCount += member.byteCount
        member.rebalanceTimeoutMs = rebalanceTimeoutMs
        member.sessionTimeoutMs = sessionTimeoutMs
        members[memberID] = member
    }

    /// Gives a static member another id. It keeps its place, and the lead if it had it.
    mutating func rename(_ memberID: String, to newID: String) {
        guard var member = members.removeValue(forKey: memberID) else { return }
        memberByteCount += newID.utf8.count - memberID.utf8.count
        member.id = newID
        members[newID] = member
        if let instanceID = member.instanceID { staticMembers[instanceID] = newID }
        if leaderID == memberID { leaderID = newID }
        if pendingSync.remove(memberID) != nil { pendingSync.insert(newID) }
        act(.cancelTimer(.session(memberID: memberID)))
    }

    mutating func setAssignments(_ assignments: [String: [UInt8]]) {
        for memberID in members.keys {
            let assignment = assignments[memberID] ?? []
            memberByteCount += assignment.count - (members[memberID]?.assignment.count ?? 0)
            members[memberID]?.assignment = assignment
        }
    }

    mutating func setIsNew(_ memberID: String, _ isNew: Bool) {
        members[memberID]?.isNew = isNew
    }

    /// The member's JoinGroup waits from now on.
    mutating func wait(_ memberID: String, join request: WaitingRequest) {
        answerJoin(of: memberID, .failure(.rebalanceInProgress, memberID: memberID))
        guard members[memberID] != nil else { return }
        members[memberID]?.waitingJoin = request
        joiningCount += 1
    }

    /// The member's SyncGroup waits from now on.
    mutating func wait(_ memberID: String, sync request: WaitingRequest) {
        answerSync(of: memberID, error: .rebalanceInProgress)
        members[memberID]?.waitingSync = request
    }

    /// Answers the member's JoinGroup, where one waits. Returns whether one did.
    @discardableResult
    mutating func answerJoin(of memberID: String, _ response: JoinGroupResponse) -> Bool {
        guard let request = members[memberID]?.waitingJoin else { return false }
        members[memberID]?.waitingJoin = nil
        joiningCount -= 1
        act(.answerJoin(request, response))
        return true
    }

    /// Answers the member's SyncGroup with its assignment or an error, where one waits. Returns
    /// whether one did.
    @discardableResult
    mutating func answerSync(of memberID: String, error: ErrorCode) -> Bool {
        guard let member = members[memberID], let request = member.waitingSync else { return false }
        members[memberID]?.waitingSync = nil
        act(
            .answerSync(
                request,
                error == .none ? syncResponse(member.assignment) : .failure(error)))
        return true
    }

    /// A sign of life: the session of the member begins anew.
    mutating func renewSession(_ memberID: String) {
        guard let member = members[memberID] else { return }
        act(
            .setTimer(
                .session(memberID: memberID), afterMs: Int64(member.sessionTimeoutMs)))
    }

    private mutating func withdrawSupport(for name: String) {
        let left = (supporters[name] ?? 0) - 1
        supporters[name] = left > 0 ? left : nil
    }
}
