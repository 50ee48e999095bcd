import RecordFormat

/// A committed position: the offset of the next record to take.
public struct CommittedOffset: Hashable, Sendable {
    public var offset: Offset
    /// Of the last batch taken; −1 where it is not known.
    public var leaderEpoch: LeaderEpoch
    /// The application's own words.
    public var metadata: String

    public init(
        _ offset: Offset, leaderEpoch: LeaderEpoch = .none, metadata: String = ""
    ) {
        self.offset = offset
        self.leaderEpoch = leaderEpoch
        self.metadata = metadata
    }
}

/// In whose name offsets are committed, so that the coordinator can refuse a member of an earlier
/// generation.
struct GroupIdentity: Hashable, Sendable {
    var groupID: String
    /// −1 and an empty member id from consumers that choose their partitions themselves.
    var generation: Int32 = -1
    var memberID = ""
    var instanceID: String?
}
