// CreateTopics, versions 0–7, flexible from 5. Those before 2, without a throttle time, are refused.
// From 7 on the response has the ids of the topics.

import RecordFormat

/// Creates topics, or only checks whether they could be created.
public struct CreateTopicsRequest: Request {
    public typealias Response = CreateTopicsResponse
    public static var apiKey: ApiKey { .createTopics }

    public var topics: [Topic] = []
    /// How long the broker may take.
    public var timeoutMs: Int32 = 60000
    public var validateOnly = false

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("Topics", &topics)
        try wire.field("TimeoutMs", &timeoutMs)
        try wire.field("ValidateOnly", &validateOnly, from: 1)
    }
}

extension CreateTopicsRequest {
    public struct Topic: FieldSet {
        public var name = ""
        /// −1: the broker's default, or as `assignments` say.
        public var numPartitions: Int32 = 0
        /// −1: the broker's default, or as `assignments` say.
        public var replicationFactor: Int16 = 0
        public var assignments: [Assignment] = []
        public var configs: [Config] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Name", &name)
            try wire.field("NumPartitions", &numPartitions)
            try wire.field("ReplicationFactor", &replicationFactor)
            try wire.field("Assignments", &assignments)
            try wire.field("Configs", &configs)
        }
    }

    public struct Assignment: FieldSet {
        public var partitionIndex: Int32 = 0
        public var brokerIDs: [Int32] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("PartitionIndex", &partitionIndex)
            try wire.field("BrokerIds", &brokerIDs)
        }
    }

    public struct Config: FieldSet {
        public var name = ""
        public var value: String?

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Name", &name)
            try wire.field("Value", &value)
        }
    }
}

/// The created topics.
public struct CreateTopicsResponse: Response {
    public static var apiKey: ApiKey { .createTopics }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var topics: [Topic] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs, from: 2)
        try wire.field("Topics", &topics)
    }
}

extension CreateTopicsResponse {
    public struct Topic: FieldSet {
        public var name = ""
        /// `none` where the topic was not created.
        public var topicID = TopicID.none
        public var errorCode = ErrorCode.none
        public var errorMessage: String?
        /// Why `configs` is missing.
        public var topicConfigErrorCode: ErrorCode?
        public var numPartitions: Int32 = -1
        public var replicationFactor: Int16 = -1
        /// Not null if the topic was created: the Java client fails on null.
        public var configs: [Config]? = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Name", &name)
            try wire.field("TopicId", &topicID, from: 7)
            try wire.field("ErrorCode", &errorCode)
            try wire.field("ErrorMessage", &errorMessage, from: 1)
            try wire.field("NumPartitions", &numPartitions, from: 5)
            try wire.field("ReplicationFactor", &replicationFactor, from: 5)
            try wire.field("Configs", &configs, from: 5)
            try wire.tagged(0, "TopicConfigErrorCode", &topicConfigErrorCode, from: 5)
        }
    }

    public struct Config: FieldSet {
        public var name = ""
        public var value: String? = ""
        public var readOnly = false
        public var configSource = ConfigSource.unset
        public var isSensitive = false

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Name", &name)
            try wire.field("Value", &value)
            try wire.field("ReadOnly", &readOnly)
            try wire.field("ConfigSource", &configSource)
            try wire.field("IsSensitive", &isSensitive)
        }
    }
}
