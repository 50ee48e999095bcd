import RecordFormat

/// What a member of a share group says about records that it has acquired (KIP-932).
public struct ShareAcknowledgementBatch: FieldSet {
    public var firstOffset = Offset.zero
    /// Inclusive.
    public var lastOffset = Offset.zero
    /// One for all records, or one for each offset of the batch. Any number may come from a socket:
    /// see `AcknowledgeType`.
    public var acknowledgeTypes: [Int8] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("FirstOffset", &firstOffset)
        try wire.field("LastOffset", &lastOffset)
        try wire.field("AcknowledgeTypes", &acknowledgeTypes)
    }
}

/// The meaning of an acknowledgement.
public enum AcknowledgeType: Int8, Sendable, CaseIterable {
    /// There is no record at the offset, or none for clients: nothing of it is delivered again.
    case gap = 0
    /// Consumed.
    case accept = 1
    /// To be delivered again, to anybody.
    case release = 2
    /// Cannot be consumed, never to be delivered again.
    case reject = 3
    /// The member needs more time (KIP-1222); from version 2 of both requests on.
    case renew = 4
}

/// Who leads a partition of a ShareFetch or ShareAcknowledge response, where its error code is
/// NOT_LEADER_OR_FOLLOWER; else unknown.
public struct ShareLeader: FieldSet {
    public var leaderID: Int32 = -1
    public var leaderEpoch = LeaderEpoch.none

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("LeaderId", &leaderID)
        try wire.field("LeaderEpoch", &leaderEpoch)
    }
}
