// OffsetFetch, versions 0–10, flexible from 6; 0, of offsets in ZooKeeper, is refused. Up to version 7
// one group and its topics, from 8 several. From 9 on a member says who it is; from 10 on topics have
// ids and no names.

import RecordFormat

/// Asks for the committed positions of groups.
public struct OffsetFetchRequest: Request {
    public typealias Response = OffsetFetchResponse
    public static var apiKey: ApiKey { .offsetFetch }

    public var groupID = ""
    /// Null, from version 2 on, asks for all topics.
    public var topics: [Topic]? = []
    public var groups: [Group] = []
    /// Refuse offsets that an open transaction may still move.
    public var requireStable = false

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("GroupId", &groupID, through: 7)
        try wire.field("Topics", &topics, through: 7, nullableFrom: 2)
        try wire.field("Groups", &groups, from: 8)
        try wire.field("RequireStable", &requireStable, from: 7)
    }
}

extension OffsetFetchRequest {
    public struct Topic: FieldSet {
        public var name = ""
        public var topicID = TopicID.none
        public var partitionIndexes: [Int32] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Name", &name, through: 9)
            try wire.field("TopicId", &topicID, from: 10)
            try wire.field("PartitionIndexes", &partitionIndexes)
        }
    }

    public struct Group: FieldSet {
        public var groupID = ""
        /// Null, and an epoch of −1, from whoever is not a member of the newer group protocol.
        public var memberID: String?
        public var memberEpoch: Int32 = -1
        /// Null asks for all topics.
        public var topics: [Topic]? = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("GroupId", &groupID)
            try wire.field("MemberId", &memberID, from: 9)
            try wire.field("MemberEpoch", &memberEpoch, from: 9)
            try wire.field("Topics", &topics)
        }
    }
}

/// The committed offsets.
public struct OffsetFetchResponse: Response {
    public static var apiKey: ApiKey { .offsetFetch }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var topics: [Topic] = []
    public var errorCode = ErrorCode.none
    public var groups: [Group] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs, from: 3)
        try wire.field("Topics", &topics, through: 7)
        try wire.field("ErrorCode", &errorCode, from: 2, through: 7)
        try wire.field("Groups", &groups, from: 8)
    }
}

extension OffsetFetchResponse {
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

    public struct Group: FieldSet {
        public var groupID = ""
        public var topics: [Topic] = []
        public var errorCode = ErrorCode.none

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("GroupId", &groupID)
            try wire.field("Topics", &topics)
            try wire.field("ErrorCode", &errorCode)
        }
    }

    public struct Partition: FieldSet {
        public var partitionIndex: Int32 = 0
        /// −1 if no offset is committed, which is not an error.
        public var committedOffset = Offset.zero
        public var committedLeaderEpoch = LeaderEpoch.none
        public var metadata: String?
        public var errorCode = ErrorCode.none

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("PartitionIndex", &partitionIndex)
            try wire.field("CommittedOffset", &committedOffset)
            try wire.field("CommittedLeaderEpoch", &committedLeaderEpoch, from: 5)
            try wire.field("Metadata", &metadata)
            try wire.field("ErrorCode", &errorCode)
        }
    }
}
