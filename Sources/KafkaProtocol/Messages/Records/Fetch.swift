// Fetch, versions 0–17, flexible from 12; those before 4, of older record formats, are refused. From
// 13 on topics have ids and no names. From 15 on a follower's id is a tagged field, from 17 on it has
// the id of its log directory beside it. A response with session id 0 declines a fetch session.

import RecordFormat

/// Asks for record batches from an offset on, by topic and partition.
public struct FetchRequest: Request {
    public typealias Response = FetchResponse
    public static var apiKey: ApiKey { .fetch }

    /// The cluster; only followers of a Raft quorum send it.
    public var clusterID: String?
    /// −1 for a consumer; a follower's broker id.
    public var replicaID: Int32 = -1
    /// Only followers send it.
    public var replicaState: ReplicaState?
    /// How long the broker may wait for `minBytes`.
    public var maxWaitMs: Int32 = 0
    public var minBytes: Int32 = 0
    /// A soft limit for the whole response: one batch is always returned.
    public var maxBytes: Int32 = .max
    public var isolationLevel = IsolationLevel.readUncommitted
    public var sessionID: Int32 = 0
    /// 0 asks for a new session, −1 for none.
    public var sessionEpoch: Int32 = -1
    public var topics: [Topic] = []
    /// Partitions to be taken from the session.
    public var forgottenTopicsData: [ForgottenTopic] = []
    public var rackID = ""

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ReplicaId", &replicaID, through: 14)
        try wire.field("MaxWaitMs", &maxWaitMs)
        try wire.field("MinBytes", &minBytes)
        try wire.field("MaxBytes", &maxBytes, from: 3)
        try wire.field("IsolationLevel", &isolationLevel, from: 4)
        try wire.field("SessionId", &sessionID, from: 7)
        try wire.field("SessionEpoch", &sessionEpoch, from: 7)
        try wire.field("Topics", &topics)
        try wire.field("ForgottenTopicsData", &forgottenTopicsData, from: 7)
        try wire.field("RackId", &rackID, from: 11)
        try wire.tagged(0, "ClusterId", &clusterID, from: 12)
        try wire.tagged(1, "ReplicaState", &replicaState, from: 15)
    }
}

extension FetchRequest {
    public struct ReplicaState: FieldSet {
        public var replicaID: Int32 = -1
        public var replicaEpoch: Int64 = -1

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("ReplicaId", &replicaID)
            try wire.field("ReplicaEpoch", &replicaEpoch)
        }
    }

    public struct Topic: FieldSet {
        public var topic = ""
        public var topicID = TopicID.none
        public var partitions: [Partition] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Topic", &topic, through: 12)
            try wire.field("TopicId", &topicID, from: 13)
            try wire.field("Partitions", &partitions)
        }
    }

    public struct ForgottenTopic: FieldSet {
        public var topic = ""
        public var topicID = TopicID.none
        public var partitions: [Int32] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Topic", &topic, through: 12)
            try wire.field("TopicId", &topicID, from: 13)
            try wire.field("Partitions", &partitions)
        }
    }

    public struct Partition: FieldSet {
        public var partition: Int32 = 0
        /// The epoch that the client believes to be current; −1 if it knows none.
        public var currentLeaderEpoch = LeaderEpoch.none
        public var fetchOffset = Offset.zero
        /// Of the last batch a follower has; −1 from consumers.
        public var lastFetchedEpoch = LeaderEpoch.none
        /// A follower's; −1 from consumers.
        public var logStartOffset = Offset(-1)
        public var partitionMaxBytes: Int32 = 0
        /// The log directory of a follower.
        public var replicaDirectoryID: TopicID?

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Partition", &partition)
            try wire.field("CurrentLeaderEpoch", &currentLeaderEpoch, from: 9)
            try wire.field("FetchOffset", &fetchOffset)
            try wire.field("LastFetchedEpoch", &lastFetchedEpoch, from: 12)
            try wire.field("LogStartOffset", &logStartOffset, from: 5)
            try wire.field("PartitionMaxBytes", &partitionMaxBytes)
            try wire.tagged(0, "ReplicaDirectoryId", &replicaDirectoryID, from: 17)
        }
    }
}

/// Record batches, as ranges of the frame or of their source.
public struct FetchResponse: Response {
    public static var apiKey: ApiKey { .fetch }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var errorCode = ErrorCode.none
    /// 0: no session.
    public var sessionID: Int32 = 0
    public var responses: [Topic] = []
    /// The addresses of the leaders named above.
    public var nodeEndpoints: [NodeEndpoint]?

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs, from: 1)
        try wire.field("ErrorCode", &errorCode, from: 7)
        try wire.field("SessionId", &sessionID, from: 7)
        try wire.field("Responses", &responses)
        try wire.tagged(0, "NodeEndpoints", &nodeEndpoints, from: 16)
    }
}

extension FetchResponse {
    public struct Topic: FieldSet {
        public var topic = ""
        public var topicID = TopicID.none
        public var partitions: [Partition] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Topic", &topic, through: 12)
            try wire.field("TopicId", &topicID, from: 13)
            try wire.field("Partitions", &partitions)
        }
    }

    public struct Partition: FieldSet {
        public var partitionIndex: Int32 = 0
        public var errorCode = ErrorCode.none
        public var highWatermark = Offset.zero
        /// Every transaction below it is committed or aborted.
        public var lastStableOffset = Offset(-1)
        public var logStartOffset = Offset(-1)
        /// For followers: where their log diverges from the leader's.
        public var divergingEpoch: EpochEndOffset?
        public var currentLeader: Leader?
        /// For followers of a Raft quorum: the snapshot to fetch instead.
        public var snapshotID: SnapshotID?
        /// Null if the consumer reads uncommitted records.
        public var abortedTransactions: [AbortedTransaction]? = []
        /// −1: this broker.
        public var preferredReadReplica: Int32 = -1
        /// Empty and not null if there are none, because clients expect that.
        public var records: RecordsRange? = .empty

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("PartitionIndex", &partitionIndex)
            try wire.field("ErrorCode", &errorCode)
            try wire.field("HighWatermark", &highWatermark)
            try wire.field("LastStableOffset", &lastStableOffset, from: 4)
            try wire.field("LogStartOffset", &logStartOffset, from: 5)
            try wire.field("AbortedTransactions", &abortedTransactions, from: 4)
            try wire.field("PreferredReadReplica", &preferredReadReplica, from: 11)
            try wire.field("Records", &records)
            try wire.tagged(0, "DivergingEpoch", &divergingEpoch, from: 12)
            try wire.tagged(1, "CurrentLeader", &currentLeader, from: 12)
            try wire.tagged(2, "SnapshotId", &snapshotID, from: 12)
        }
    }

    public struct EpochEndOffset: FieldSet {
        public var epoch = LeaderEpoch.none
        public var endOffset = Offset(-1)

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Epoch", &epoch)
            try wire.field("EndOffset", &endOffset)
        }
    }

    public struct Leader: FieldSet {
        public var leaderID: Int32 = -1
        public var leaderEpoch = LeaderEpoch.none

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("LeaderId", &leaderID)
            try wire.field("LeaderEpoch", &leaderEpoch)
        }
    }

    public struct SnapshotID: FieldSet {
        public var endOffset = Offset(-1)
        public var epoch = LeaderEpoch.none

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("EndOffset", &endOffset)
            try wire.field("Epoch", &epoch)
        }
    }

    public struct AbortedTransaction: FieldSet {
        public var producerID = ProducerID.none
        public var firstOffset = Offset.zero

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("ProducerId", &producerID)
            try wire.field("FirstOffset", &firstOffset)
        }
    }
}
