// AddPartitionsToTxn, versions 0–5, flexible from 3. From version 4 on it is what brokers send to
// each other, of several transactions at once (KIP-890).

import RecordFormat

/// Says to which partitions a transaction will write.
public struct AddPartitionsToTxnRequest: Request {
    public typealias Response = AddPartitionsToTxnResponse
    public static var apiKey: ApiKey { .addPartitionsToTxn }

    public var transactionalID = ""
    public var producerID = ProducerID.none
    public var producerEpoch = ProducerEpoch.none
    public var topics: [Topic] = []
    /// From version 4 on, in place of the fields above.
    public var transactions: [Transaction] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("Transactions", &transactions, from: 4)
        try wire.field("V3AndBelowTransactionalId", &transactionalID, through: 3)
        try wire.field("V3AndBelowProducerId", &producerID, through: 3)
        try wire.field("V3AndBelowProducerEpoch", &producerEpoch, through: 3)
        try wire.field("V3AndBelowTopics", &topics, through: 3)
    }
}

extension AddPartitionsToTxnRequest {
    public struct Transaction: FieldSet {
        public var transactionalID = ""
        public var producerID = ProducerID.none
        public var producerEpoch = ProducerEpoch.none
        /// Whether nothing is added: it is only asked whether the partitions are in the transaction.
        public var verifyOnly = false
        public var topics: [Topic] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("TransactionalId", &transactionalID)
            try wire.field("ProducerId", &producerID)
            try wire.field("ProducerEpoch", &producerEpoch)
            try wire.field("VerifyOnly", &verifyOnly)
            try wire.field("Topics", &topics)
        }
    }

    public struct Topic: FieldSet {
        public var name = ""
        public var partitions: [Int32] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Name", &name)
            try wire.field("Partitions", &partitions)
        }
    }
}

/// Whether each partition was added.
public struct AddPartitionsToTxnResponse: Response {
    public static var apiKey: ApiKey { .addPartitionsToTxn }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    /// From version 4 on, for the whole request.
    public var errorCode = ErrorCode.none
    public var transactions: [Transaction] = []
    /// Up to version 3.
    public var topics: [Topic] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs)
        try wire.field("ErrorCode", &errorCode, from: 4)
        try wire.field("ResultsByTransaction", &transactions, from: 4)
        try wire.field("ResultsByTopicV3AndBelow", &topics, through: 3)
    }
}

extension AddPartitionsToTxnResponse {
    public struct Transaction: FieldSet {
        public var transactionalID = ""
        public var topics: [Topic] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("TransactionalId", &transactionalID)
            try wire.field("TopicResults", &topics)
        }
    }

    public struct Topic: FieldSet {
        public var name = ""
        public var resultsByPartition: [Partition] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Name", &name)
            try wire.field("ResultsByPartition", &resultsByPartition)
        }
    }

    public struct Partition: FieldSet {
        public var partitionIndex: Int32 = 0
        public var partitionErrorCode = ErrorCode.none

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("PartitionIndex", &partitionIndex)
            try wire.field("PartitionErrorCode", &partitionErrorCode)
        }
    }
}
