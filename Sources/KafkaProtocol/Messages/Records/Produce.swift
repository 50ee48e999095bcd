// Produce, versions 0–13, flexible from 9. Versions 0–2, whose records have older formats, are
// announced and refused: librdkafka does without some codecs if they are not announced. Version 11
// may answer TRANSACTION_ABORTABLE; 12 also adds the partitions to the transaction (KIP-890).
// From version 13 on topics have ids and no names (KIP-516).

import RecordFormat

/// Record batches to be appended, by topic and partition.
public struct ProduceRequest: Request {
    public typealias Response = ProduceResponse
    public static var apiKey: ApiKey { .produce }

    /// Null if the records are in no transaction.
    public var transactionalID: String?
    /// How many replicas must have the records: 0 (and no response), 1, or −1 for all in sync.
    public var acks: Int16 = 0
    /// How long the broker may take.
    public var timeoutMs: Int32 = 0
    public var topicData: [Topic] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("TransactionalId", &transactionalID, from: 3)
        try wire.field("Acks", &acks)
        try wire.field("TimeoutMs", &timeoutMs)
        try wire.field("TopicData", &topicData)
    }
}

extension ProduceRequest {
    public struct Topic: FieldSet {
        /// Up to version 12.
        public var name = ""
        /// From version 13 on.
        public var topicID = TopicID.none
        public var partitionData: [Partition] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Name", &name, through: 12)
            try wire.field("TopicId", &topicID, from: 13)
            try wire.field("PartitionData", &partitionData)
        }
    }

    public struct Partition: FieldSet {
        public var index: Int32 = 0
        /// One batch of format 2, if the request is right.
        public var records: RecordsRange? = .empty

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Index", &index)
            try wire.field("Records", &records)
        }
    }
}

/// The base offsets of the appended batches.
public struct ProduceResponse: Response {
    public static var apiKey: ApiKey { .produce }

    public var responses: [Topic] = []
    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    /// The addresses of the leaders named above.
    public var nodeEndpoints: [NodeEndpoint]?

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("Responses", &responses)
        try wire.field("ThrottleTimeMs", &throttleTimeMs, from: 1)
        try wire.tagged(0, "NodeEndpoints", &nodeEndpoints, from: 10)
    }
}

extension ProduceResponse {
    public struct Topic: FieldSet {
        /// Up to version 12.
        public var name = ""
        /// From version 13 on.
        public var topicID = TopicID.none
        public var partitionResponses: [Partition] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Name", &name, through: 12)
            try wire.field("TopicId", &topicID, from: 13)
            try wire.field("PartitionResponses", &partitionResponses)
        }
    }

    public struct Partition: FieldSet {
        public var index: Int32 = 0
        public var errorCode = ErrorCode.none
        /// The offset of the first record; −1 if there is an error.
        public var baseOffset = Offset.zero
        /// −1 if the topic keeps the timestamps of its producers.
        public var logAppendTimeMs: Int64 = -1
        public var logStartOffset = Offset(-1)
        public var recordErrors: [RecordError] = []
        public var errorMessage: String?
        /// The broker to ask instead, if this one does not lead the partition.
        public var currentLeader: Leader?

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Index", &index)
            try wire.field("ErrorCode", &errorCode)
            try wire.field("BaseOffset", &baseOffset)
            try wire.field("LogAppendTimeMs", &logAppendTimeMs, from: 2)
            try wire.field("LogStartOffset", &logStartOffset, from: 5)
            try wire.field("RecordErrors", &recordErrors, from: 8)
            try wire.field("ErrorMessage", &errorMessage, from: 8)
            try wire.tagged(0, "CurrentLeader", &currentLeader, from: 10)
        }
    }

    /// A record for which its batch was refused.
    public struct RecordError: FieldSet {
        /// The place of the record in its batch.
        public var batchIndex: Int32 = 0
        public var batchIndexErrorMessage: String?

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("BatchIndex", &batchIndex)
            try wire.field("BatchIndexErrorMessage", &batchIndexErrorMessage)
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
}
