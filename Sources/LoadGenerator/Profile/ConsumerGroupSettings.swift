/// One consumer group: it receives every record once, shared by its members.
public struct ConsumerGroupSettings: Hashable, Sendable {
    public var group = ""
    public var members = 1
    /// Topics that others write to; nil: those of the profile.
    public var topics: [String]?
    public var from = StartPosition.earliest
    public var maxPartitionFetchBytes = 1024 * 1024
    /// Whether the CRC of each fetched batch is checked.
    public var checkCrcs = true
    public var autoCommitInterval = Duration.seconds(1)
    /// The work on each record; nil: none.
    public var serviceTime: ServiceTime?
    /// Nil: it reads all the time.
    public var pause: ConsumerPause?

    public init() {}
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
