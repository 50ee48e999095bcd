// DescribeTopicPartitions, version 0, flexible. A response has a part of the partitions and says where
// the next one begins.

import RecordFormat

/// Asks for topics and their partitions, page by page.
public struct DescribeTopicPartitionsRequest: Request {
    public typealias Response = DescribeTopicPartitionsResponse
    public static var apiKey: ApiKey { .describeTopicPartitions }

    /// Empty: all topics.
    public var topics: [Topic] = []
    public var responsePartitionLimit: Int32 = 2000
    /// Where the page begins; null for the first one.
    public var cursor: TopicCursor?

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("Topics", &topics)
        try wire.field("ResponsePartitionLimit", &responsePartitionLimit)
        try wire.structure("Cursor", orNull: &cursor)
    }
}

extension DescribeTopicPartitionsRequest {
    public struct Topic: FieldSet {
        public var name = ""

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Name", &name)
        }
    }
}

/// A partition in the order of topics by name, whether there is one or not.
public struct TopicCursor: FieldSet {
    public var topicName = ""
    public var partitionIndex: Int32 = 0

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("TopicName", &topicName)
        try wire.field("PartitionIndex", &partitionIndex)
    }
}

/// A page of topics with their partitions, in order of names.
public struct DescribeTopicPartitionsResponse: Response {
    public static var apiKey: ApiKey { .describeTopicPartitions }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var topics: [Topic] = []
    /// Where the next page begins; null after the last one.
    public var nextCursor: TopicCursor?

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs)
        try wire.field("Topics", &topics)
        try wire.structure("NextCursor", orNull: &nextCursor)
    }
}

extension DescribeTopicPartitionsResponse {
    public struct Topic: FieldSet {
        public var errorCode = ErrorCode.none
        public var name: String? = ""
        public var topicID = TopicID.none
        public var isInternal = false
        public var partitions: [Partition] = []
        /// A bit for each operation.
        public var topicAuthorizedOperations: Int32 = .min

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("ErrorCode", &errorCode)
            try wire.field("Name", &name)
            try wire.field("TopicId", &topicID)
            try wire.field("IsInternal", &isInternal)
            try wire.field("Partitions", &partitions)
            try wire.field("TopicAuthorizedOperations", &topicAuthorizedOperations)
        }
    }

    public struct Partition: FieldSet {
        public var errorCode = ErrorCode.none
        public var partitionIndex: Int32 = 0
        public var leaderID: Int32 = 0
        public var leaderEpoch = LeaderEpoch.none
        public var replicaNodes: [Int32] = []
        public var isrNodes: [Int32] = []
        /// Replicas that may become the leader without loss (KIP-966); null where that is not known.
        public var eligibleLeaderReplicas: [Int32]?
        public var lastKnownElr: [Int32]?
        public var offlineReplicas: [Int32] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("ErrorCode", &errorCode)
            try wire.field("PartitionIndex", &partitionIndex)
            try wire.field("LeaderId", &leaderID)
            try wire.field("LeaderEpoch", &leaderEpoch)
            try wire.field("ReplicaNodes", &replicaNodes)
            try wire.field("IsrNodes", &isrNodes)
            try wire.field("EligibleLeaderReplicas", &eligibleLeaderReplicas)
            try wire.field("LastKnownElr", &lastKnownElr)
            try wire.field("OfflineReplicas", &offlineReplicas)
        }
    }
}
