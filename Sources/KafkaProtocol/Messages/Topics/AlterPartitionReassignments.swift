// AlterPartitionReassignments, versions 0–1, flexible.

/// Moves partitions to other brokers (KIP-455).
public struct AlterPartitionReassignmentsRequest: Request {
    public typealias Response = AlterPartitionReassignmentsResponse
    public static var apiKey: ApiKey { .alterPartitionReassignments }

    /// How long the broker may take.
    public var timeoutMs: Int32 = 60_000
    public var allowReplicationFactorChange = true
    public var topics: [Topic] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("TimeoutMs", &timeoutMs)
        try wire.field("AllowReplicationFactorChange", &allowReplicationFactorChange, from: 1)
        try wire.field("Topics", &topics)
    }
}

extension AlterPartitionReassignmentsRequest {
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
        /// Null ends a move that is under way.
        public var replicas: [Int32]?

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("PartitionIndex", &partitionIndex)
            try wire.field("Replicas", &replicas)
        }
    }
}

/// Whether each partition is being moved.
public struct AlterPartitionReassignmentsResponse: Response {
    public static var apiKey: ApiKey { .alterPartitionReassignments }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var allowReplicationFactorChange = true
    public var errorCode = ErrorCode.none
    public var errorMessage: String?
    public var responses: [Topic] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs)
        try wire.field("AllowReplicationFactorChange", &allowReplicationFactorChange, from: 1)
        try wire.field("ErrorCode", &errorCode)
        try wire.field("ErrorMessage", &errorMessage)
        try wire.field("Responses", &responses)
    }
}

extension AlterPartitionReassignmentsResponse {
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

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("PartitionIndex", &partitionIndex)
            try wire.field("ErrorCode", &errorCode)
            try wire.field("ErrorMessage", &errorMessage)
        }
    }
}
