// DeleteTopics, versions 0–5, flexible from 4; 0, without a throttle time, is refused.

/// Deletes topics.
public struct DeleteTopicsRequest: Request {
    public typealias Response = DeleteTopicsResponse
    public static var apiKey: ApiKey { .deleteTopics }

    public var topicNames: [String] = []
    /// How long the broker may take.
    public var timeoutMs: Int32 = 0

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("TopicNames", &topicNames)
        try wire.field("TimeoutMs", &timeoutMs)
    }
}

/// Whether each was deleted.
public struct DeleteTopicsResponse: Response {
    public static var apiKey: ApiKey { .deleteTopics }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var responses: [Topic] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs, from: 1)
        try wire.field("Responses", &responses)
    }
}

extension DeleteTopicsResponse {
    public struct Topic: FieldSet {
        public var name = ""
        public var errorCode = ErrorCode.none
        public var errorMessage: String?

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Name", &name)
            try wire.field("ErrorCode", &errorCode)
            try wire.field("ErrorMessage", &errorMessage, from: 5)
        }
    }
}
