/// One consumer group: it receives every record once, shared by its members; a share group at least once.
public struct ConsumerGroupSettings: Hashable, Sendable {
    /// Who says which partitions a member reads.
    public enum Assignment: String, CaseIterable, Hashable, Sendable {
        /// The run, once, before it begins.
        case run
        /// The members' leader, as by Kafka's classic protocol.
        case classic
        /// The coordinator (KIP-848).
        case consumer
        /// Nobody: members of a share group (KIP-932) may read the same partition, each other records of it.
        case share
    }

    public var group = ""
    public var members = 1
    public var assignment = Assignment.run
    /// Topics that others write to; nil: those of the profile.
    public var topics: [String]?
    public var from = StartPosition.earliest
    public var maxPartitionFetchBytes = 1024 * 1024
    /// Of a share group: how many records a member is given at a time.
    public var maxPollRecords = 500
    /// Whether the CRC of each fetched batch is checked.
    public var checkCrcs = true
    public var autoCommitInterval = Duration.seconds(1)
    /// The work on each record; nil: none.
    public var serviceTime: ServiceTime?
    /// Nil: it reads all the time.
    public var pause: ConsumerPause?

    public init() {}

    /// Whether the members are a group to the brokers, too.
    var hasMembership: Bool { assignment != .run }
    /// Whether several members may read one partition.
    var isShared: Bool { assignment == .share }
}

/// Where a consumer group begins to read.
public enum StartPosition: Hashable, Sendable {
    case earliest
    case latest
    /// At the group's committed offset; at the earliest record if it never committed.
    case committed
    /// The same offset in every partition.
    case offset(Int64)
    /// The first record of each partition whose timestamp is not older, in milliseconds since 1970; the
    /// end where there is none.
    case time(unixMillis: Int64)
}
