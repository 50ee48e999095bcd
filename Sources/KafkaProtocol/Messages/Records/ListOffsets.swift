// ListOffsets, versions 0–11, flexible from 6; 0, which asks for several offsets, is refused.
// Timestamps −1 and −2 ask for the end and the start, −3 (from version 7) for the largest timestamp.
// Where segments move to a remote storage, −4 (8) asks for the earliest local offset, −5 (9) for the
// latest that was moved, −6 (11) for the first that is still to be moved.

import RecordFormat

/// Asks for the first offset whose timestamp is at or after a given one.
public struct ListOffsetsRequest: Request {
    public typealias Response = ListOffsetsResponse
    public static var apiKey: ApiKey { .listOffsets }

    /// −1 for a consumer.
    public var replicaID: Int32 = 0
    public var isolationLevel = IsolationLevel.readUncommitted
    public var topics: [Topic] = []
    /// How long the broker may take.
    public var timeoutMs: Int32 = 0

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ReplicaId", &replicaID)
        try wire.field("IsolationLevel", &isolationLevel, from: 2)
        try wire.field("Topics", &topics)
        try wire.field("TimeoutMs", &timeoutMs, from: 10)
    }
}

extension ListOffsetsRequest {
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
        public var currentLeaderEpoch = LeaderEpoch.none
        /// In milliseconds, or −1 for the end, −2 for the start, −3 for the record with the
        /// largest.
        public var timestamp: Int64 = 0
        /// The number of offsets to return; only version 0 has it.
        public var maxNumOffsets: Int32 = 1

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("PartitionIndex", &partitionIndex)
            try wire.field("CurrentLeaderEpoch", &currentLeaderEpoch, from: 4)
            try wire.field("Timestamp", &timestamp)
            try wire.field("MaxNumOffsets", &maxNumOffsets, through: 0)
        }
    }
}

/// The offsets asked for, each with the timestamp of its record.
public struct ListOffsetsResponse: Response {
    public static var apiKey: ApiKey { .listOffsets }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var topics: [Topic] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs, from: 2)
        try wire.field("Topics", &topics)
    }
}

extension ListOffsetsResponse {
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
        public var timestamp: Int64 = -1
        /// −1 if no record has such a timestamp.
        public var offset = Offset(-1)
        public var leaderEpoch = LeaderEpoch.none
        public var oldStyleOffsets: [Int64] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("PartitionIndex", &partitionIndex)
            try wire.field("ErrorCode", &errorCode)
            try wire.field("OldStyleOffsets", &oldStyleOffsets, through: 0)
            try wire.field("Timestamp", &timestamp, from: 1)
            try wire.field("Offset", &offset, from: 1)
            try wire.field("LeaderEpoch", &leaderEpoch, from: 4)
        }
    }
}
