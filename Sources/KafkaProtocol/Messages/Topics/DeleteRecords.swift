// DeleteRecords, versions 0–2, flexible from 2.

import RecordFormat

/// Deletes records before an offset.
public struct DeleteRecordsRequest: Request {
    public typealias Response = DeleteRecordsResponse
    public static var apiKey: ApiKey { .deleteRecords }

    public var topics: [Topic] = []
    /// How long the broker may take.
    public var timeoutMs: Int32 = 0

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("Topics", &topics)
        try wire.field("TimeoutMs", &timeoutMs)
    }
}

extension DeleteRecordsRequest {
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
        /// The new log start offset; −1 for the high watermark.
        public var offset = Offset.zero

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("PartitionIndex", &partitionIndex)
            try wire.field("Offset", &offset)
        }
    }
}

/// The new log start offsets.
public struct DeleteRecordsResponse: Response {
    public static var apiKey: ApiKey { .deleteRecords }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var topics: [Topic] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs)
        try wire.field("Topics", &topics)
    }
}

extension DeleteRecordsResponse {
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
        /// The log start offset; −1 if there is an error.
        public var lowWatermark = Offset.zero
        public var errorCode = ErrorCode.none

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("PartitionIndex", &partitionIndex)
            try wire.field("LowWatermark", &lowWatermark)
            try wire.field("ErrorCode", &errorCode)
        }
    }
}
