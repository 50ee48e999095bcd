// OffsetCommit, versions 0–10, flexible from 8; 0 and 1 are refused. Version 9 has further error codes.
// From 10 on topics have ids and no names.

import RecordFormat

/// Commits the positions of a group.
public struct OffsetCommitRequest: Request {
    public typealias Response = OffsetCommitResponse
    public static var apiKey: ApiKey { .offsetCommit }

    public var groupID = ""
    /// −1 from a consumer that is assigned its partitions without a group.
    public var generationIDOrMemberEpoch: Int32 = -1
    public var memberID = ""
    /// Of a static member.
    public var groupInstanceID: String?
    /// −1: as the broker is configured.
    public var retentionTimeMs: Int64 = -1
    public var topics: [Topic] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("GroupId", &groupID)
        try wire.field("GenerationIdOrMemberEpoch", &generationIDOrMemberEpoch, from: 1)
        try wire.field("MemberId", &memberID, from: 1)
        try wire.field("GroupInstanceId", &groupInstanceID, from: 7)
        try wire.field("RetentionTimeMs", &retentionTimeMs, from: 2, through: 4)
        try wire.field("Topics", &topics)
    }
}

extension OffsetCommitRequest {
    public struct Topic: FieldSet {
        public var name = ""
        public var topicID = TopicID.none
        public var partitions: [Partition] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Name", &name, through: 9)
            try wire.field("TopicId", &topicID, from: 10)
            try wire.field("Partitions", &partitions)
        }
    }

    public struct Partition: FieldSet {
        public var partitionIndex: Int32 = 0
        public var committedOffset = Offset.zero
        public var committedLeaderEpoch = LeaderEpoch.none
        /// When the offset was committed, in milliseconds since 1970; −1 for now.
        public var commitTimestamp: Int64 = -1
        public var committedMetadata: String?

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("PartitionIndex", &partitionIndex)
            try wire.field("CommittedOffset", &committedOffset)
            try wire.field("CommittedLeaderEpoch", &committedLeaderEpoch, from: 6)
            try wire.field("CommitTimestamp", &commitTimestamp, from: 1, through: 1)
            try wire.field("CommittedMetadata", &committedMetadata)
        }
    }
}

/// Whether each offset was committed.
public struct OffsetCommitResponse: Response {
    public static var apiKey: ApiKey { .offsetCommit }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var topics: [Topic] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs, from: 3)
        try wire.field("Topics", &topics)
    }
}

extension OffsetCommitResponse {
    public struct Topic: FieldSet {
        public var name = ""
        public var topicID = TopicID.none
        public var partitions: [Partition] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Name", &name, through: 9)
            try wire.field("TopicId", &topicID, from: 10)
            try wire.field("Partitions", &partitions)
        }
    }

    public struct Partition: FieldSet {
        public var partitionIndex: Int32 = 0
        public var errorCode = ErrorCode.none

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("PartitionIndex", &partitionIndex)
            try wire.field("ErrorCode", &errorCode)
        }
    }
}
