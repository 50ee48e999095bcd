/// One consumer group: it receives every record once, shared by its members.
public struct ConsumerGroupSettings: Hashable, Sendable {
    public var group = ""
    public var members = 1
    public var from = StartPosition.earliest
    public var maxPartitionFetchBytes = 1024 * 1024
    /// Whether the CRC of each fetched batch is checked.
    public var checkCrcs = true
    public var autoCommitInterval = Duration.seconds(1)

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
}
