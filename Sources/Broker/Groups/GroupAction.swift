import KafkaProtocol

/// The actions that a `ConsumerGroup` requests, in this order.
enum GroupAction: Sendable {
    case answerJoin(WaitingRequest, JoinGroupResponse)
    case answerSync(WaitingRequest, SyncGroupResponse)
    /// To fire once, `afterMs` from now. An earlier setting of the same timer is void.
    case setTimer(GroupTimer, afterMs: Int64)
    case cancelTimer(GroupTimer)
    /// To be written to `__consumer_offsets`; the outcome comes back with the ticket.
    case store(GroupMetadataValue, GroupStoreTicket)
}

/// The events that a group waits for with a timeout.
enum GroupTimer: Hashable, Sendable {
    /// A sign of life of this member.
    case session(memberID: String)
    /// The return of a member that was given this name.
    case pendingMember(memberID: String)
    /// Joins, before the next generation is made.
    case rebalance
    /// SyncGroup of every member.
    case sync
    case reconciled(ReconciledGroupTimer)
    /// A sign of life of this member of a share group.
    case shareSession(member: ExactName)
}

/// Why a group was stored, and so what follows once it is.
enum GroupStoreTicket: Sendable {
    /// The leader's assignment, for the members by id.
    case assignment(generation: Int32, [String: [UInt8]])
    /// The last member is gone.
    case emptied
    /// A static member came back under a new id, in the middle of a stable generation.
    case replacement(StaticReplacement)
}

/// A static member as it was before it came back, in case its new id cannot be stored.
struct StaticReplacement: Sendable {
    var previous: GroupMember
    var previousLeader: String?
    var newID: String
    /// The client knows how to be a leader that need not assign (JoinGroup 9).
    var canSkipAssignment: Bool
}
