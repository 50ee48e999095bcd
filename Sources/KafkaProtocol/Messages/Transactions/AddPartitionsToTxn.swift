// AddPartitionsToTxn, versions 0–3, flexible from 3. Version 4, in which brokers send batches of
// transactions to each other, is not implemented.

import RecordFormat

/// Says to which partitions a transaction will write.
public struct AddPartitionsToTxnRequest: Request {
    public typealias Response = AddPartitionsToTxnResponse
    public static var apiKey: ApiKey { .addPartitionsToTxn }

    public var transactionalID = ""
    public var producerID = ProducerID.none
    public var producerEpoch = ProducerEpoch.none
    public var topics: [Topic] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("V3AndBelowTransactionalId", &transactionalID)
        try wire.field("V3AndBelowProducerId", &producerID)
        try wire.field("V3AndBelowProducerEpoch", &producerEpoch)
        try wire.field("V3AndBelowTopics", &topics)
    }
}

extension AddPartitionsToTxnRequest {
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
    public var topics: [Topic] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs)
        try wire.field("ResultsByTopicV3AndBelow", &topics)
    }
}

extension AddPartitionsToTxnResponse {
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
