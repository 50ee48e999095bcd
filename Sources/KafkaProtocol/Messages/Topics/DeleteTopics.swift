// DeleteTopics, versions 0–6, flexible from 4; 0, without a throttle time, is refused. From 6 on a
// topic is named by its name or by its id.

import RecordFormat

/// Deletes topics.
public struct DeleteTopicsRequest: Request {
    public typealias Response = DeleteTopicsResponse
    public static var apiKey: ApiKey { .deleteTopics }

    /// From version 6 on.
    public var topics: [Topic] = []
    /// Up to version 5.
    public var topicNames: [String] = []
    /// How long the broker may take.
    public var timeoutMs: Int32 = 0

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("Topics", &topics, from: 6)
        try wire.field("TopicNames", &topicNames, through: 5)
        try wire.field("TimeoutMs", &timeoutMs)
    }
}

extension DeleteTopicsRequest {
    /// One of the two is given.
    public struct Topic: FieldSet {
        public var name: String?
        public var topicID = TopicID.none

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Name", &name)
            try wire.field("TopicId", &topicID)
        }
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
        /// Null where there is no topic with the id that was given.
        public var name: String? = ""
        /// Of the topic that was deleted, or that was to be.
        public var topicID = TopicID.none
        public var errorCode = ErrorCode.none
        public var errorMessage: String?

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Name", &name, nullableFrom: 6)
            try wire.field("TopicId", &topicID, from: 6)
            try wire.field("ErrorCode", &errorCode)
            try wire.field("ErrorMessage", &errorMessage, from: 5)
        }
    }
}
