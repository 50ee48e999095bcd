// DescribeLogDirs, versions 0–4, flexible from 2; 0 is refused.

/// Asks how large partitions are, and where.
public struct DescribeLogDirsRequest: Request {
    public typealias Response = DescribeLogDirsResponse
    public static var apiKey: ApiKey { .describeLogDirs }

    /// Null asks for all.
    public var topics: [Topic]? = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("Topics", &topics)
    }
}

extension DescribeLogDirsRequest {
    public struct Topic: FieldSet {
        public var topic = ""
        public var partitions: [Int32] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Topic", &topic)
            try wire.field("Partitions", &partitions)
        }
    }
}

/// The data directories with their partitions.
public struct DescribeLogDirsResponse: Response {
    public static var apiKey: ApiKey { .describeLogDirs }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var errorCode = ErrorCode.none
    public var results: [LogDir] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs)
        try wire.field("ErrorCode", &errorCode, from: 3)
        try wire.field("Results", &results)
    }
}

extension DescribeLogDirsResponse {
    public struct LogDir: FieldSet {
        public var errorCode = ErrorCode.none
        public var logDir = ""
        public var topics: [Topic] = []
        /// Of the volume; −1 if unknown.
        public var totalBytes: Int64 = -1
        public var usableBytes: Int64 = -1

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("ErrorCode", &errorCode)
            try wire.field("LogDir", &logDir)
            try wire.field("Topics", &topics)
            try wire.field("TotalBytes", &totalBytes, from: 4)
            try wire.field("UsableBytes", &usableBytes, from: 4)
        }
    }

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
        public var partitionSize: Int64 = 0
        /// How many records a replica that is being moved here is behind.
        public var offsetLag: Int64 = 0
        public var isFutureKey = false

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("PartitionIndex", &partitionIndex)
            try wire.field("PartitionSize", &partitionSize)
            try wire.field("OffsetLag", &offsetLag)
            try wire.field("IsFutureKey", &isFutureKey)
        }
    }
}
