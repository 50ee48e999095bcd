// AlterShareGroupOffsets, version 0, flexible.

import RecordFormat

/// Sets from where on an empty share group reads (KIP-932).
public struct AlterShareGroupOffsetsRequest: Request {
    public typealias Response = AlterShareGroupOffsetsResponse
    public static var apiKey: ApiKey { .alterShareGroupOffsets }

    public var groupID = ""
    public var topics: [Topic] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("GroupId", &groupID)
        try wire.field("Topics", &topics)
    }
}

extension AlterShareGroupOffsetsRequest {
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
        public var startOffset = Offset.zero

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("PartitionIndex", &partitionIndex)
            try wire.field("StartOffset", &startOffset)
        }
    }
}

/// What became of each partition.
public struct AlterShareGroupOffsetsResponse: Response {
    public static var apiKey: ApiKey { .alterShareGroupOffsets }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var errorCode = ErrorCode.none
    public var errorMessage: String?
    public var responses: [Topic] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs)
        try wire.field("ErrorCode", &errorCode)
        try wire.field("ErrorMessage", &errorMessage)
        try wire.field("Responses", &responses)
    }
}

extension AlterShareGroupOffsetsResponse {
    public struct Topic: FieldSet {
        public var topicName = ""
        public var topicID = TopicID.none
        public var partitions: [Partition] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("TopicName", &topicName)
            try wire.field("TopicId", &topicID)
            try wire.field("Partitions", &partitions)
        }
    }

    public struct Partition: FieldSet {
        public var partitionIndex: Int32 = 0
        public var errorCode = ErrorCode.none
        public var errorMessage: String?

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("PartitionIndex", &partitionIndex)
            try wire.field("ErrorCode", &errorCode)
            try wire.field("ErrorMessage", &errorMessage)
        }
    }
}
