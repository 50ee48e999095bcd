import RecordFormat

/// One member of a `ReconciledGroup`.
struct ReconciledMember: AssignedMember {
    typealias Record = ReconciledGroupRecord
    typealias Key = String

    /// What the member says of itself, as it is stored.
    struct Subscription: Sendable, Equatable {
        /// `group.instance.id`, of a static member.
        var instanceID: String?
        var rackID: String?
        var clientID = ""
        /// As DescribeGroups shows it.
        var clientHost = ""
        var topicNames: [String] = []
        /// It subscribes to the topics that this matches, too; nil, or empty, where it names all.
        var topicRegex: String?
        var rebalanceTimeoutMs: Int32 = -1
        var assignor: ServerAssignor?
        /// Of a member of the classic protocol.
        var classic: ClassicProtocols?
    }

    /// How far the member is with its assignment, as it is stored.
    struct Progress: Sendable, Equatable {
        /// Grows to the epoch of the assignment that the member is reconciled to;
        /// `ReconciledGroup.awayEpoch` while a static member is away.
        var epoch: Int32 = 0
        /// The member may still use it, where it has not heard of `epoch`.
        var previousEpoch: Int32 = 0
        var state = State.stable
        /// What the member may consume.
        var assigned = PartitionSet()
        /// What the member has to give up before it gets anything new.
        var pendingRevocation = PartitionSet()
    }

    /// The numbers are those of Kafka's records.
    enum State: Int8, Sendable {
        case stable = 0
        /// The member has not yet said that it gave up what was taken from it.
        case unrevokedPartitions = 1
        /// Others have not yet given up what the member is to get.
        case unreleasedPartitions = 2
    }

    var id: String
    var subscription = Subscription()
    var progress = Progress()

    init(id: String) { self.id = id }

    /// The regular expression that it subscribes by.
    var pattern: String? {
        subscription.topicRegex.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// All that no other member may have.
    var held: PartitionSet { progress.assigned.union(progress.pendingRevocation) }
}
