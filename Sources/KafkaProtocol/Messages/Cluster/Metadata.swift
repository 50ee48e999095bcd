// Metadata, versions 0–9, flexible from 9. Later versions, which have topic ids, are not
// implemented.

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
            "IncludeClusterAuthorizedOperations", &includeClusterAuthorizedOperations, from: 8)
        try wire.field(
            "IncludeTopicAuthorizedOperations", &includeTopicAuthorizedOperations, from: 8)
    }
}

extension MetadataRequest {
    public struct Topic: FieldSet {
        public var name = ""

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Name", &name)
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

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs, from: 3)
        try wire.field("Brokers", &brokers)
        try wire.field("ClusterId", &clusterID, from: 2)
        try wire.field("ControllerId", &controllerID, from: 1)
        try wire.field("Topics", &topics)
        try wire.field("ClusterAuthorizedOperations", &clusterAuthorizedOperations, from: 8)
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
        public var name = ""
        public var isInternal = false
        public var partitions: [Partition] = []
        /// A bit for each operation; the smallest integer if not asked for.
        public var topicAuthorizedOperations: Int32 = .min

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("ErrorCode", &errorCode)
            try wire.field("Name", &name)
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
