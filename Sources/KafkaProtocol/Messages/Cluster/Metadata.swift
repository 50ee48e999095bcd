// Metadata, versions 0–13, flexible from 9. Topics have ids from 10 on, and are asked for by id from
// 12 on. The operations that the cluster allows are told up to 10, an error of the whole from 13 on.

import RecordFormat

/// Asks which brokers, topics and partitions there are.
public struct MetadataRequest: Request {
    public typealias Response = MetadataResponse
    public static var apiKey: ApiKey { .metadata }

    /// Null asks for all topics, and so does an empty list in version 0; later that asks for none.
    public var topics: [Topic]? = []
    /// Versions before 4 always allow it.
    public var allowAutoTopicCreation = true
    public var includeClusterAuthorizedOperations = false
    public var includeTopicAuthorizedOperations = false

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("Topics", &topics, nullableFrom: 1)
        try wire.field("AllowAutoTopicCreation", &allowAutoTopicCreation, from: 4)
        try wire.field(
            "IncludeClusterAuthorizedOperations", &includeClusterAuthorizedOperations, from: 8,
            through: 10)
        try wire.field(
            "IncludeTopicAuthorizedOperations", &includeTopicAuthorizedOperations, from: 8)
    }
}

extension MetadataRequest {
    public struct Topic: FieldSet {
        /// `none` where the topic is asked for by its name.
        public var topicID = TopicID.none
        /// Null where it is asked for by its id.
        public var name: String? = ""

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("TopicId", &topicID, from: 10)
            try wire.field("Name", &name, nullableFrom: 10)
        }
    }
}

/// The cluster as this broker sees it.
public struct MetadataResponse: Response {
    public static var apiKey: ApiKey { .metadata }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var brokers: [Broker] = []
    public var clusterID: String?
    public var controllerID: Int32 = -1
    public var topics: [Topic] = []
    /// A bit for each operation; the smallest integer if not asked for.
    public var clusterAuthorizedOperations: Int32 = .min
    /// Why there is nothing else in the response.
    public var errorCode = ErrorCode.none

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs, from: 3)
        try wire.field("Brokers", &brokers)
        try wire.field("ClusterId", &clusterID, from: 2)
        try wire.field("ControllerId", &controllerID, from: 1)
        try wire.field("Topics", &topics)
        try wire.field(
            "ClusterAuthorizedOperations", &clusterAuthorizedOperations, from: 8, through: 10)
        try wire.field("ErrorCode", &errorCode, from: 13)
    }
}

extension MetadataResponse {
    public struct Broker: FieldSet {
        public var nodeID: Int32 = 0
        public var host = ""
        public var port: Int32 = 0
        public var rack: String?

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("NodeId", &nodeID)
            try wire.field("Host", &host)
            try wire.field("Port", &port)
            try wire.field("Rack", &rack, from: 1)
        }
    }

    public struct Topic: FieldSet {
        public var errorCode = ErrorCode.none
        /// Null where there is no topic with the id that was asked for.
        public var name: String? = ""
        /// `none` where there is no topic with the name that was asked for.
        public var topicID = TopicID.none
        public var isInternal = false
        public var partitions: [Partition] = []
        /// A bit for each operation; the smallest integer if not asked for.
        public var topicAuthorizedOperations: Int32 = .min

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("ErrorCode", &errorCode)
            try wire.field("Name", &name, nullableFrom: 12)
            try wire.field("TopicId", &topicID, from: 10)
            try wire.field("IsInternal", &isInternal, from: 1)
            try wire.field("Partitions", &partitions)
            try wire.field("TopicAuthorizedOperations", &topicAuthorizedOperations, from: 8)
        }
    }

    public struct Partition: FieldSet {
        public var errorCode = ErrorCode.none
        public var partitionIndex: Int32 = 0
        public var leaderID: Int32 = 0
        public var leaderEpoch = LeaderEpoch.none
        public var replicaNodes: [Int32] = []
        public var isrNodes: [Int32] = []
        public var offlineReplicas: [Int32] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("ErrorCode", &errorCode)
            try wire.field("PartitionIndex", &partitionIndex)
            try wire.field("LeaderId", &leaderID)
            try wire.field("LeaderEpoch", &leaderEpoch, from: 7)
            try wire.field("ReplicaNodes", &replicaNodes)
            try wire.field("IsrNodes", &isrNodes)
            try wire.field("OfflineReplicas", &offlineReplicas, from: 5)
        }
    }
}
