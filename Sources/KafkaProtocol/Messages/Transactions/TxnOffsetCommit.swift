// TxnOffsetCommit, versions 0–5, flexible from 3. Version 4 may answer TRANSACTION_ABORTABLE; 5 also
// adds the group's offsets to the transaction (KIP-890).

import RecordFormat

/// Commits offsets of a group if the transaction commits.
public struct TxnOffsetCommitRequest: Request {
    public typealias Response = TxnOffsetCommitResponse
    public static var apiKey: ApiKey { .txnOffsetCommit }

    public var transactionalID = ""
    public var groupID = ""
    public var producerID = ProducerID.none
    public var producerEpoch = ProducerEpoch.none
    /// −1 from clients that do not state it.
    public var generationID: Int32 = -1
    public var memberID = ""
    public var groupInstanceID: String?
    public var topics: [Topic] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("TransactionalId", &transactionalID)
        try wire.field("GroupId", &groupID)
        try wire.field("ProducerId", &producerID)
        try wire.field("ProducerEpoch", &producerEpoch)
        try wire.field("GenerationId", &generationID, from: 3)
        try wire.field("MemberId", &memberID, from: 3)
        try wire.field("GroupInstanceId", &groupInstanceID, from: 3)
        try wire.field("Topics", &topics)
    }
}

extension TxnOffsetCommitRequest {
    public struct Topic: FieldSet {
        public var name = ""
        public var partitions: [Partition] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Name", &name)
            try wire.field("Partitions", &partitions)
        }
    }

    public struct Partition: FieldSet {
        public var partitionIndex: Int32 = 0
        public var committedOffset = Offset.zero
        public var committedLeaderEpoch = LeaderEpoch.none
        public var committedMetadata: String?

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("PartitionIndex", &partitionIndex)
            try wire.field("CommittedOffset", &committedOffset)
            try wire.field("CommittedLeaderEpoch", &committedLeaderEpoch, from: 2)
            try wire.field("CommittedMetadata", &committedMetadata)
        }
    }
}

/// Whether each offset will be committed with the transaction.
public struct TxnOffsetCommitResponse: Response {
    public static var apiKey: ApiKey { .txnOffsetCommit }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var topics: [Topic] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs)
        try wire.field("Topics", &topics)
    }
}

extension TxnOffsetCommitResponse {
    public struct Topic: FieldSet {
        public var name = ""
        public var partitions: [Partition] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Name", &name)
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
