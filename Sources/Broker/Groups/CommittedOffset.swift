import RecordFormat

/// A group's committed position in one partition.
struct CommittedOffset: Sendable, Equatable {
    /// The offset to read next.
    var offset: Offset
    var leaderEpoch: LeaderEpoch
    /// Text that the client keeps with the offset.
    var metadata: String
    /// When it was committed, in milliseconds since 1970.
    var commitTimestampMs: Int64
    /// When it expires, where the client set that (OffsetCommit 2–4), in milliseconds since 1970.
    var expireTimestampMs: Int64?

    init(
        offset: Offset, leaderEpoch: LeaderEpoch = .none, metadata: String = "",
        commitTimestampMs: Int64, expireTimestampMs: Int64? = nil
    ) {
        self.offset = offset
        self.leaderEpoch = leaderEpoch
        self.metadata = metadata
        self.commitTimestampMs = commitTimestampMs
        self.expireTimestampMs = expireTimestampMs
    }

    init(_ value: OffsetCommitValue) {
        self.init(
            offset: value.offset, leaderEpoch: value.leaderEpoch, metadata: value.metadata,
            commitTimestampMs: value.commitTimestamp,
            expireTimestampMs: value.expireTimestamp == -1 ? nil : value.expireTimestamp)
    }

    var recordVersion: Int16 {
        expireTimestampMs == nil
            ? OffsetCommitValue.writtenVersion : OffsetCommitValue.expiringVersion
    }

    var recordValue: OffsetCommitValue {
        var value = OffsetCommitValue()
        value.offset = offset
        value.leaderEpoch = leaderEpoch
        value.metadata = metadata
        value.commitTimestamp = commitTimestampMs
        value.expireTimestamp = expireTimestampMs ?? -1
        return value
    }
}
