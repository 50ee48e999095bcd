// CreatePartitions, versions 0–3, flexible from 2.

/// Adds partitions to topics.
public struct CreatePartitionsRequest: Request {
    public typealias Response = CreatePartitionsResponse
    public static var apiKey: ApiKey { .createPartitions }

    public var topics: [Topic] = []
    /// How long the broker may take.
    public var timeoutMs: Int32 = 0
    public var validateOnly = false

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("Topics", &topics)
        try wire.field("TimeoutMs", &timeoutMs)
        try wire.field("ValidateOnly", &validateOnly)
    }
}

extension CreatePartitionsRequest {
    public struct Topic: FieldSet {
        public var name = ""
        /// The number of partitions that the topic is to have, old and new.
        public var count: Int32 = 0
        /// Of the new partitions; null leaves them to the broker.
        public var assignments: [Assignment]? = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Name", &name)
            try wire.field("Count", &count)
            try wire.field("Assignments", &assignments)
        }
    }

    public struct Assignment: FieldSet {
        public var brokerIDs: [Int32] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("BrokerIds", &brokerIDs)
        }
    }
}

/// Whether partitions were added to each topic.
public struct CreatePartitionsResponse: Response {
    public static var apiKey: ApiKey { .createPartitions }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var results: [Topic] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs)
        try wire.field("Results", &results)
    }
}

extension CreatePartitionsResponse {
    public struct Topic: FieldSet {
        public var name = ""
        public var errorCode = ErrorCode.none
        public var errorMessage: String?

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Name", &name)
            try wire.field("ErrorCode", &errorCode)
            try wire.field("ErrorMessage", &errorMessage)
        }
    }
}
