// OffsetForLeaderEpoch, versions 0–4, flexible from 4. Those before 2, of followers, are refused.

import RecordFormat

/// Asks where leader epochs end, to find out whether a log was truncated.
public struct OffsetForLeaderEpochRequest: Request {
    public typealias Response = OffsetForLeaderEpochResponse
    public static var apiKey: ApiKey { .offsetForLeaderEpoch }

    /// −1 for a consumer, −2 if it is not known.
    public var replicaID: Int32 = -2
    public var topics: [Topic] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ReplicaId", &replicaID, from: 3)
        try wire.field("Topics", &topics)
    }
}

extension OffsetForLeaderEpochRequest {
    public struct Topic: FieldSet {
        public var topic = ""
        public var partitions: [Partition] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Topic", &topic)
            try wire.field("Partitions", &partitions)
        }
    }

    public struct Partition: FieldSet {
        public var partition: Int32 = 0
        /// The epoch that the client believes to be current; an older one than the broker's is
        /// fenced.
        public var currentLeaderEpoch = LeaderEpoch.none
        /// The epoch whose end is asked for.
        public var leaderEpoch = LeaderEpoch.none

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Partition", &partition)
            try wire.field("CurrentLeaderEpoch", &currentLeaderEpoch, from: 2)
            try wire.field("LeaderEpoch", &leaderEpoch)
        }
    }
}

/// The largest epoch not above the one asked for, and where it ends.
public struct OffsetForLeaderEpochResponse: Response {
    public static var apiKey: ApiKey { .offsetForLeaderEpoch }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var topics: [Topic] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs, from: 2)
        try wire.field("Topics", &topics)
    }
}

extension OffsetForLeaderEpochResponse {
    public struct Topic: FieldSet {
        public var topic = ""
        public var partitions: [Partition] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Topic", &topic)
            try wire.field("Partitions", &partitions)
        }
    }

    public struct Partition: FieldSet {
        public var errorCode = ErrorCode.none
        public var partition: Int32 = 0
        public var leaderEpoch = LeaderEpoch.none
        /// −1 if no such epoch is known.
        public var endOffset = Offset(-1)

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("ErrorCode", &errorCode)
            try wire.field("Partition", &partition)
            try wire.field("LeaderEpoch", &leaderEpoch, from: 1)
            try wire.field("EndOffset", &endOffset)
        }
    }
}
