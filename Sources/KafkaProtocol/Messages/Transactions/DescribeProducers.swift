// DescribeProducers, version 0, flexible.

import RecordFormat

/// Asks for the producers that partitions remember.
public struct DescribeProducersRequest: Request {
    public typealias Response = DescribeProducersResponse
    public static var apiKey: ApiKey { .describeProducers }

    public var topics: [Topic] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("Topics", &topics)
    }
}

extension DescribeProducersRequest {
    public struct Topic: FieldSet {
        public var name = ""
        public var partitionIndexes: [Int32] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Name", &name)
            try wire.field("PartitionIndexes", &partitionIndexes)
        }
    }
}

/// The producers of each partition.
public struct DescribeProducersResponse: Response {
    public static var apiKey: ApiKey { .describeProducers }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var topics: [Topic] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs)
        try wire.field("Topics", &topics)
    }
}

extension DescribeProducersResponse {
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
        public var errorMessage: String?
        public var activeProducers: [Producer] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("PartitionIndex", &partitionIndex)
            try wire.field("ErrorCode", &errorCode)
            try wire.field("ErrorMessage", &errorMessage)
            try wire.field("ActiveProducers", &activeProducers)
        }
    }

    public struct Producer: FieldSet {
        public var producerID = ProducerID(0)
        public var producerEpoch: Int32 = 0
        /// −1 where the producer has no records of this epoch.
        public var lastSequence: Int32 = -1
        public var lastTimestamp: Int64 = -1
        /// That of the last marker; −1 where there was none.
        public var coordinatorEpoch: Int32 = 0
        /// −1 outside of a transaction.
        public var currentTransactionStartOffset: Int64 = -1

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("ProducerId", &producerID)
            try wire.field("ProducerEpoch", &producerEpoch)
            try wire.field("LastSequence", &lastSequence)
            try wire.field("LastTimestamp", &lastTimestamp)
            try wire.field("CoordinatorEpoch", &coordinatorEpoch)
            try wire.field("CurrentTxnStartOffset", &currentTransactionStartOffset)
        }
    }
}
