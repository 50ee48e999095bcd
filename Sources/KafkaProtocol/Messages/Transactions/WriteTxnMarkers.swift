// WriteTxnMarkers, versions 0–2, flexible from 1; 0 is refused, as in Kafka. Version 2 has the version
// of the transaction (KIP-1228).

import RecordFormat

/// Ends transactions in partitions: a coordinator's request, and that of an administrator who ends
/// a transaction that no coordinator knows.
public struct WriteTxnMarkersRequest: Request {
    public typealias Response = WriteTxnMarkersResponse
    public static var apiKey: ApiKey { .writeTxnMarkers }

    public var markers: [Marker] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("Markers", &markers)
    }
}

extension WriteTxnMarkersRequest {
    public struct Marker: FieldSet {
        public var producerID = ProducerID(0)
        public var producerEpoch = ProducerEpoch(0)
        /// Whether it commits.
        public var transactionResult = false
        public var topics: [Topic] = []
        public var coordinatorEpoch: Int32 = 0
        /// From 2 on the epoch of the marker is above that of the records.
        public var transactionVersion: Int8 = 0

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("ProducerId", &producerID)
            try wire.field("ProducerEpoch", &producerEpoch)
            try wire.field("TransactionResult", &transactionResult)
            try wire.field("Topics", &topics)
            try wire.field("CoordinatorEpoch", &coordinatorEpoch)
            try wire.field("TransactionVersion", &transactionVersion, from: 2)
        }
    }

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

/// Whether each marker is in each partition.
public struct WriteTxnMarkersResponse: Response {
    public static var apiKey: ApiKey { .writeTxnMarkers }

    public var markers: [Marker] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("Markers", &markers)
    }
}

extension WriteTxnMarkersResponse {
    public struct Marker: FieldSet {
        public var producerID = ProducerID(0)
        public var topics: [Topic] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("ProducerId", &producerID)
            try wire.field("Topics", &topics)
        }
    }

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
