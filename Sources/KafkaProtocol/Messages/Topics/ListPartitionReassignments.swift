// ListPartitionReassignments, version 0, flexible.

/// Asks which partitions are being moved to other brokers.
public struct ListPartitionReassignmentsRequest: Request {
    public typealias Response = ListPartitionReassignmentsResponse
    public static var apiKey: ApiKey { .listPartitionReassignments }

    /// How long the broker may take.
    public var timeoutMs: Int32 = 60_000
    /// Null for all.
    public var topics: [Topic]?

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("TimeoutMs", &timeoutMs)
        try wire.field("Topics", &topics)
    }
}

extension ListPartitionReassignmentsRequest {
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

/// The partitions that are being moved.
public struct ListPartitionReassignmentsResponse: Response {
    public static var apiKey: ApiKey { .listPartitionReassignments }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var errorCode = ErrorCode.none
    public var errorMessage: String?
    public var topics: [Topic] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs)
        try wire.field("ErrorCode", &errorCode)
        try wire.field("ErrorMessage", &errorMessage)
        try wire.field("Topics", &topics)
    }
}

extension ListPartitionReassignmentsResponse {
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
        public var replicas: [Int32] = []
        public var addingReplicas: [Int32] = []
        public var removingReplicas: [Int32] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("PartitionIndex", &partitionIndex)
            try wire.field("Replicas", &replicas)
            try wire.field("AddingReplicas", &addingReplicas)
            try wire.field("RemovingReplicas", &removingReplicas)
        }
    }
}
