/// One member of a `ShareGroup`.
struct ShareGroupMember: AssignedMember {
    typealias Record = ShareGroupRecord
    typealias Key = ExactName

    /// What the member says of itself, as it is stored.
    struct Subscription: Sendable, Equatable {
        var rackID: String?
        var clientID = ""
        /// As ShareGroupDescribe shows it.
        var clientHost = ""
        var topicNames: [String] = []
    }

    /// Which assignment the member has, as it is stored.
    struct Progress: Sendable, Equatable {
        /// That of the assignment; 0 of a member that has none yet.
        var epoch: Int32 = 0
        /// The member may still use it, where it has not heard of `epoch`.
        var previousEpoch: Int32 = 0
        var assigned = PartitionSet()
    }

    var id: String
    var subscription = Subscription()
    var progress = Progress()

    init(id: String) { self.id = id }

    /// The memory that it takes, roughly.
    var byteCount: Int {
        GroupMember.overheadByteCount + id.utf8.count + subscription.byteCount
            + progress.assigned.byteCount
    }
}

extension ShareGroupMember.Subscription {
    var byteCount: Int {
        clientID.utf8.count + (rackID?.utf8.count ?? 0)
            + topicNames.reduce(0) { $0 + $1.utf8.count + 16 }
    }
}
