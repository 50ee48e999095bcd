// ElectLeaders, versions 0–2, flexible from 2. Version 1 has kinds of elections (KIP-460).

/// Asks for an election of leaders.
public struct ElectLeadersRequest: Request {
    public typealias Response = ElectLeadersResponse
    public static var apiKey: ApiKey { .electLeaders }

    /// 0 for the preferred replica, 1 for one that need not be in sync.
    public var electionType: Int8 = 0
    /// Null for all partitions.
    public var topicPartitions: [TopicPartitions]? = []
    /// How long the broker may take.
    public var timeoutMs: Int32 = 60_000

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ElectionType", &electionType, from: 1)
        try wire.field("TopicPartitions", &topicPartitions)
        try wire.field("TimeoutMs", &timeoutMs)
    }
}

extension ElectLeadersRequest {
    public struct TopicPartitions: FieldSet {
        public var topic = ""
        public var partitions: [Int32] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Topic", &topic)
            try wire.field("Partitions", &partitions)
        }
    }
}

/// What came of the election in each partition.
public struct ElectLeadersResponse: Response {
    public static var apiKey: ApiKey { .electLeaders }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var errorCode = ErrorCode.none
    public var replicaElectionResults: [Topic] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs)
        try wire.field("ErrorCode", &errorCode, from: 1)
        try wire.field("ReplicaElectionResults", &replicaElectionResults)
    }
}

extension ElectLeadersResponse {
    public struct Topic: FieldSet {
        public var topic = ""
        public var partitionResult: [Partition] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Topic", &topic)
            try wire.field("PartitionResult", &partitionResult)
        }
    }

    public struct Partition: FieldSet {
        public var partitionID: Int32 = 0
        public var errorCode = ErrorCode.none
        public var errorMessage: String?

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("PartitionId", &partitionID)
            try wire.field("ErrorCode", &errorCode)
            try wire.field("ErrorMessage", &errorMessage)
        }
    }
}
