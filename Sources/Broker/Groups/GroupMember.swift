import KafkaProtocol

/// Names a request that waits for its answer.
struct WaitingRequest: Hashable, Sendable {
    let rawValue: UInt64
}

/// One member of a group, as it last joined.
struct GroupMember: Sendable {
    var id: String
    /// `group.instance.id`, of a static member.
    var instanceID: String?
    var clientID: String
    /// As DescribeGroups shows it.
    var clientHost: String
    var rebalanceTimeoutMs: Int32
    var sessionTimeoutMs: Int32
    /// The assignors that it knows, in order of preference, each with what it tells the leader.
    var protocols: [JoinGroupRequest.GroupProtocol]
    /// What it has to consume, from the leader of this generation; empty while there is none.
    var assignment: [UInt8] = []
    /// The leader is told of the members in the order in which they came.
    var arrival: UInt64 = 0
    /// It waits for its first generation: its id is not known to it yet, so it cannot send
    /// heartbeats.
    var isNew = false
    var waitingJoin: WaitingRequest?
    var waitingSync: WaitingRequest?

    /// What it tells the leader for the assignor `name`; empty where it does not know that one.
    func metadata(for name: String) -> [UInt8] {
        protocols.first { $0.name == name }?.metadata.array ?? []
    }

    /// Whether it would join with the same assignors and the same metadata as before.
    func matches(_ others: [JoinGroupRequest.GroupProtocol]) -> Bool { protocols == others }

    /// Its favourite among the assignors that all members know.
    func vote(among candidates: Set<String>) -> String? {
        protocols.first { candidates.contains($0.name) }?.name
    }
}

extension GroupMember {
    /// The memory that a member takes besides its strings, metadata and assignment.
    static let overheadByteCount = 512

    /// The memory that the member takes, roughly.
    var byteCount: Int {
        Self.overheadByteCount + id.utf8.count + (instanceID?.utf8.count ?? 0)
            + clientID.utf8.count + Self.byteCount(of: protocols) + assignment.count
    }

    static func byteCount(of protocols: [JoinGroupRequest.GroupProtocol]) -> Int {
        protocols.reduce(0) { $0 + $1.name.utf8.count + $1.metadata.array.count }
    }
}
