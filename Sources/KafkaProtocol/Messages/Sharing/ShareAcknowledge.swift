// ShareAcknowledge, versions 1–2, flexible. Version 0, of Kafka 4.0, was a preview that no later broker
// speaks. From 2 on a client may ask for more time (KIP-1222), and learns how much it gets.

import RecordFormat

/// A member of a share group acknowledges records, without asking for others (KIP-932).
public struct ShareAcknowledgeRequest: Request {
    public typealias Response = ShareAcknowledgeResponse
    public static var apiKey: ApiKey { .shareAcknowledge }

    public var groupID: String?
    public var memberID: String?
    /// −1 closes the share session; else one more than in the request before. 0 is refused: only a
    /// ShareFetch opens a session.
    public var shareSessionEpoch: Int32 = 0
    /// Whether there are acknowledgements of the type `renew`.
    public var isRenewAck = false
    public var topics: [Topic] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("GroupId", &groupID)
        try wire.field("MemberId", &memberID)
        try wire.field("ShareSessionEpoch", &shareSessionEpoch)
        try wire.field("IsRenewAck", &isRenewAck, from: 2)
        try wire.field("Topics", &topics)
    }
}

extension ShareAcknowledgeRequest {
    public typealias Topic = ShareFetchRequest.Topic
    public typealias Partition = ShareFetchRequest.Partition
}

/// What became of the acknowledgements, partition by partition.
public struct ShareAcknowledgeResponse: Response {
    public static var apiKey: ApiKey { .shareAcknowledge }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var errorCode = ErrorCode.none
    public var errorMessage: String?
    /// How long renewed records are the member's from now on.
    public var acquisitionLockTimeoutMs: Int32 = 0
    public var responses: [Topic] = []
    /// The addresses of the leaders named above.
    public var nodeEndpoints: [NodeEndpoint] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs)
        try wire.field("ErrorCode", &errorCode)
        try wire.field("ErrorMessage", &errorMessage)
        try wire.field("AcquisitionLockTimeoutMs", &acquisitionLockTimeoutMs, from: 2)
        try wire.field("Responses", &responses)
        try wire.field("NodeEndpoints", &nodeEndpoints)
    }
}

extension ShareAcknowledgeResponse {
    public struct Topic: FieldSet {
        public var topicID = TopicID.none
        public var partitions: [Partition] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("TopicId", &topicID)
            try wire.field("Partitions", &partitions)
        }
    }

    public struct Partition: FieldSet {
        public var partitionIndex: Int32 = 0
        public var errorCode = ErrorCode.none
        public var errorMessage: String?
        public var currentLeader = ShareLeader()

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("PartitionIndex", &partitionIndex)
            try wire.field("ErrorCode", &errorCode)
            try wire.field("ErrorMessage", &errorMessage)
            try wire.structure("CurrentLeader", &currentLeader)
        }
    }
}
