// ShareFetch, versions 1–2, flexible. Version 0, of Kafka 4.0, was a preview that no later broker speaks.
// From 2 on a client may ask for no more records than its limit (KIP-1206), and for more time (KIP-1222).

import RecordFormat

/// A member of a share group asks for records, and acknowledges those that it has (KIP-932).
public struct ShareFetchRequest: Request {
    public typealias Response = ShareFetchResponse
    public static var apiKey: ApiKey { .shareFetch }

    public var groupID: String?
    public var memberID: String?
    /// 0 opens a share session, −1 closes it; else one more than in the request before.
    public var shareSessionEpoch: Int32 = 0
    /// How long the broker may wait for `minBytes`.
    public var maxWaitMs: Int32 = 0
    public var minBytes: Int32 = 0
    /// A soft limit for the whole response: one batch is always returned.
    public var maxBytes: Int32 = .max
    /// A soft limit, since whole batches are acquired, unless the mode is `recordLimit`. Of 0,
    /// nothing is fetched.
    public var maxRecords: Int32 = 0
    /// How many records a batch of acquired records should have, and of acknowledgements.
    public var batchSize: Int32 = 0
    public var acquireMode = ShareAcquireMode.batchOptimized
    /// Whether there are acknowledgements of the type `renew`; then nothing is fetched.
    public var isRenewAck = false
    /// Partitions that the session does not have yet, and those with acknowledgements.
    public var topics: [Topic] = []
    /// Partitions to be taken from the session.
    public var forgottenTopicsData: [TopicIDPartitions] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("GroupId", &groupID)
        try wire.field("MemberId", &memberID)
        try wire.field("ShareSessionEpoch", &shareSessionEpoch)
        try wire.field("MaxWaitMs", &maxWaitMs)
        try wire.field("MinBytes", &minBytes)
        try wire.field("MaxBytes", &maxBytes)
        try wire.field("MaxRecords", &maxRecords)
        try wire.field("BatchSize", &batchSize)
        try wire.field("ShareAcquireMode", &acquireMode, from: 2)
        try wire.field("IsRenewAck", &isRenewAck, from: 2)
        try wire.field("Topics", &topics)
        try wire.field("ForgottenTopicsData", &forgottenTopicsData)
    }
}

/// Whether a share fetch may return more records than were asked for.
public struct ShareAcquireMode: IntegerField, Hashable {
    public var rawValue: Int8

    public init(rawValue: Int8) { self.rawValue = rawValue }

    public static let batchOptimized = ShareAcquireMode(rawValue: 0)
    public static let recordLimit = ShareAcquireMode(rawValue: 1)
}

extension ShareFetchRequest {
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
        public var acknowledgementBatches: [ShareAcknowledgementBatch] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("PartitionIndex", &partitionIndex)
            try wire.field("AcknowledgementBatches", &acknowledgementBatches)
        }
    }
}

/// Record batches, as ranges of the frame or of their source, and which of their records the member
/// has acquired: only those are to be delivered.
public struct ShareFetchResponse: Response {
    public static var apiKey: ApiKey { .shareFetch }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var errorCode = ErrorCode.none
    public var errorMessage: String?
    /// How long the records are the member's.
    public var acquisitionLockTimeoutMs: Int32 = 0
    public var responses: [Topic] = []
    /// The addresses of the leaders named above.
    public var nodeEndpoints: [NodeEndpoint] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs)
        try wire.field("ErrorCode", &errorCode)
        try wire.field("ErrorMessage", &errorMessage)
        try wire.field("AcquisitionLockTimeoutMs", &acquisitionLockTimeoutMs)
        try wire.field("Responses", &responses)
        try wire.field("NodeEndpoints", &nodeEndpoints)
    }
}

extension ShareFetchResponse {
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
        /// Of the fetch.
        public var errorCode = ErrorCode.none
        public var errorMessage: String?
        /// Of the acknowledgements in the request.
        public var acknowledgeErrorCode = ErrorCode.none
        public var acknowledgeErrorMessage: String?
        public var currentLeader = ShareLeader()
        /// Empty and not null if there are none: librdkafka reads no further after null.
        public var records: RecordsRange? = .empty
        /// In order of offsets, without overlap.
        public var acquiredRecords: [AcquiredRecords] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("PartitionIndex", &partitionIndex)
            try wire.field("ErrorCode", &errorCode)
            try wire.field("ErrorMessage", &errorMessage)
            try wire.field("AcknowledgeErrorCode", &acknowledgeErrorCode)
            try wire.field("AcknowledgeErrorMessage", &acknowledgeErrorMessage)
            try wire.structure("CurrentLeader", &currentLeader)
            try wire.field("Records", &records)
            try wire.field("AcquiredRecords", &acquiredRecords)
        }
    }

    public struct AcquiredRecords: FieldSet {
        public var firstOffset = Offset.zero
        /// Inclusive.
        public var lastOffset = Offset.zero
        /// 1 for the first delivery.
        public var deliveryCount: Int16 = 0

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("FirstOffset", &firstOffset)
            try wire.field("LastOffset", &lastOffset)
            try wire.field("DeliveryCount", &deliveryCount)
        }
    }
}
