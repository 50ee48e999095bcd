// DeleteShareGroupOffsets, version 0, flexible.

import RecordFormat

/// Forgets what an empty share group did with the records of topics (KIP-932).
public struct DeleteShareGroupOffsetsRequest: Request {
    public typealias Response = DeleteShareGroupOffsetsResponse
    public static var apiKey: ApiKey { .deleteShareGroupOffsets }

    public var groupID = ""
    public var topics: [Topic] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("GroupId", &groupID)
        try wire.field("Topics", &topics)
    }
}

extension DeleteShareGroupOffsetsRequest {
    public struct Topic: FieldSet {
        public var topicName = ""

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("TopicName", &topicName)
        }
    }
}

/// What became of each topic.
public struct DeleteShareGroupOffsetsResponse: Response {
    public static var apiKey: ApiKey { .deleteShareGroupOffsets }

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

extension DeleteShareGroupOffsetsResponse {
    public struct Topic: FieldSet {
        public var topicName = ""
        public var topicID = TopicID.none
        public var errorCode = ErrorCode.none
        public var errorMessage: String?

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("TopicName", &topicName)
            try wire.field("TopicId", &topicID)
            try wire.field("ErrorCode", &errorCode)
            try wire.field("ErrorMessage", &errorMessage)
        }
    }
}
