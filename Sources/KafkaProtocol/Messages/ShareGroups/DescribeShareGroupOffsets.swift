// DescribeShareGroupOffsets, versions 0–1, flexible. From 1 on an answer has the lag (KIP-1226).

import RecordFormat

/// Asks from where on the records of share partitions are not all done (KIP-932).
public struct DescribeShareGroupOffsetsRequest: Request {
    public typealias Response = DescribeShareGroupOffsetsResponse
    public static var apiKey: ApiKey { .describeShareGroupOffsets }

    public var groups: [Group] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("Groups", &groups)
    }
}

extension DescribeShareGroupOffsetsRequest {
    public struct Group: FieldSet {
        public var groupID = ""
        /// Null asks for all partitions of the group.
        public var topics: [Topic]? = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("GroupId", &groupID)
            try wire.field("Topics", &topics)
        }
    }

    public struct Topic: FieldSet {
        public var topicName = ""
        public var partitions: [Int32] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("TopicName", &topicName)
            try wire.field("Partitions", &partitions)
        }
    }
}

/// The start offsets of share partitions.
public struct DescribeShareGroupOffsetsResponse: Response {
    public static var apiKey: ApiKey { .describeShareGroupOffsets }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var groups: [Group] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs)
        try wire.field("Groups", &groups)
    }
}

extension DescribeShareGroupOffsetsResponse {
    public struct Group: FieldSet {
        public var groupID = ""
        public var topics: [Topic] = []
        public var errorCode = ErrorCode.none
        public var errorMessage: String?

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("GroupId", &groupID)
            try wire.field("Topics", &topics)
            try wire.field("ErrorCode", &errorCode)
            try wire.field("ErrorMessage", &errorMessage)
        }
    }

    public struct Topic: FieldSet {
        public var topicName = ""
        public var topicID = TopicID.none
        public var partitions: [Partition] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("TopicName", &topicName)
            try wire.field("TopicId", &topicID)
            try wire.field("Partitions", &partitions)
        }
    }

    public struct Partition: FieldSet {
        public var partitionIndex: Int32 = 0
        /// −1 if the group has not yet read from the partition, which is not an error.
        public var startOffset = Offset.zero
        public var leaderEpoch = LeaderEpoch.none
        /// How many records are still to be delivered, −1 if not known.
        public var lag: Int64 = -1
        public var errorCode = ErrorCode.none
        public var errorMessage: String?

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("PartitionIndex", &partitionIndex)
            try wire.field("StartOffset", &startOffset)
            try wire.field("LeaderEpoch", &leaderEpoch)
            try wire.field("Lag", &lag, from: 1)
            try wire.field("ErrorCode", &errorCode)
            try wire.field("ErrorMessage", &errorMessage)
        }
    }
}
