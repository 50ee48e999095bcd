// DescribeQuorum, versions 0–2, flexible. Version 1 has times (KIP-836), 2 directories and nodes
// (KIP-853).

import RecordFormat

/// Asks who votes about the cluster's metadata, and how far each voter is.
public struct DescribeQuorumRequest: Request {
    public typealias Response = DescribeQuorumResponse
    public static var apiKey: ApiKey { .describeQuorum }

    public var topics: [Topic] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("Topics", &topics)
    }
}

extension DescribeQuorumRequest {
    public struct Topic: FieldSet {
        public var topicName = ""
        public var partitions: [Partition] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("TopicName", &topicName)
            try wire.field("Partitions", &partitions)
        }
    }

    public struct Partition: FieldSet {
        public var partitionIndex: Int32 = 0

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("PartitionIndex", &partitionIndex)
        }
    }
}

/// The voters and observers of the metadata's partition.
public struct DescribeQuorumResponse: Response {
    public static var apiKey: ApiKey { .describeQuorum }

    public var errorCode = ErrorCode.none
    public var errorMessage: String?
    public var topics: [Topic] = []
    public var nodes: [Node] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ErrorCode", &errorCode)
        try wire.field("ErrorMessage", &errorMessage, from: 2)
        try wire.field("Topics", &topics)
        try wire.field("Nodes", &nodes, from: 2)
    }
}

extension DescribeQuorumResponse {
    public struct Topic: FieldSet {
        public var topicName = ""
        public var partitions: [Partition] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("TopicName", &topicName)
            try wire.field("Partitions", &partitions)
        }
    }

    public struct Partition: FieldSet {
        public var partitionIndex: Int32 = 0
        public var errorCode = ErrorCode.none
        public var errorMessage: String?
        public var leaderID: Int32 = 0
        public var leaderEpoch: Int32 = 0
        public var highWatermark: Int64 = 0
        public var currentVoters: [Replica] = []
        public var observers: [Replica] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("PartitionIndex", &partitionIndex)
            try wire.field("ErrorCode", &errorCode)
            try wire.field("ErrorMessage", &errorMessage, from: 2)
            try wire.field("LeaderId", &leaderID)
            try wire.field("LeaderEpoch", &leaderEpoch)
            try wire.field("HighWatermark", &highWatermark)
            try wire.field("CurrentVoters", &currentVoters)
            try wire.field("Observers", &observers)
        }
    }

    public struct Replica: FieldSet {
        public var replicaID: Int32 = 0
        public var replicaDirectoryID = TopicID.none
        public var logEndOffset: Int64 = 0
        /// Milliseconds since 1970; −1 where that is not known.
        public var lastFetchTimestamp: Int64 = -1
        public var lastCaughtUpTimestamp: Int64 = -1

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("ReplicaId", &replicaID)
            try wire.field("ReplicaDirectoryId", &replicaDirectoryID, from: 2)
            try wire.field("LogEndOffset", &logEndOffset)
            try wire.field("LastFetchTimestamp", &lastFetchTimestamp, from: 1)
            try wire.field("LastCaughtUpTimestamp", &lastCaughtUpTimestamp, from: 1)
        }
    }

    public struct Node: FieldSet {
        public var nodeID: Int32 = 0
        public var listeners: [Listener] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("NodeId", &nodeID)
            try wire.field("Listeners", &listeners)
        }
    }

    public struct Listener: FieldSet {
        public var name = ""
        public var host = ""
        public var port: UInt16 = 0

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Name", &name)
            try wire.field("Host", &host)
            try wire.field("Port", &port)
        }
    }
}
