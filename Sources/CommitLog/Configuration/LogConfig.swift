import RecordFormat
import SettingKeys

/// The settings of one topic's logs, under Kafka's names and with Kafka's defaults. Times are milliseconds and
/// sizes bytes, as in Kafka's keys.
public struct LogConfig: Sendable, Equatable {
    public enum TimestampType: String, CaseIterable, Sendable {
        case createTime = "CreateTime"
        case logAppendTime = "LogAppendTime"
    }

    /// A segment never grows past this (2 GiB − 1 at most: positions in an index are 32 bits).
    public var segmentBytes: Int64 = 1 << 30
    public var segmentMs: Int64 = 7 * 24 * 3_600_000
    /// Up to so much is taken off `segmentMs`, at random, so that many logs do not roll at once.
    public var segmentJitterMs: Int64 = 0
    public var segmentIndexBytes: Int64 = 10 << 20
    public var indexIntervalBytes: Int64 = 4096
    /// −1: no limit.
    public var retentionBytes: Int64 = -1
    /// −1: no limit.
    public var retentionMs: Int64 = 7 * 24 * 3_600_000
    public var flushMessages: Int64 = .max
    public var flushMs: Int64 = .max
    public var maxMessageBytes: Int64 = 1_048_588
    /// What a batch may decompress to where it is decoded; −1 follows `maxMessageBytes`.
    public var maxDecompressedBatchBytes: Int64 = -1
    public var messageTimestampType: TimestampType = .createTime
    public var messageTimestampBeforeMaxMs: Int64 = .max
    public var messageTimestampAfterMaxMs: Int64 = 3_600_000
    /// What Kafka had before these two: it holds for each of them that is at its default (KIP-937).
    public var messageTimestampDifferenceMaxMs: Int64 = .max
    /// What of a batch that comes over a network is looked at before it is acknowledged.
    public var batchValidation = ProducedBatchValidation.records
    public var cleanupPolicy: CleanupPolicy = .delete
    public var compaction = CompactionConfig()
    public var compression = CompressionConfig()
    /// How long a deleted segment's files stay, renamed. In a minute a fast load fills a disk with them;
    /// readers keep theirs open, so 0 harms nobody.
    public var fileDeleteDelayMs: Int64 = 60_000

    /// What is looked at besides the fields of the header, whose rules always hold: Kafka does all of it.
    public enum ProducedBatchValidation: String, CaseIterable, Sendable {
        /// Nothing more: what was damaged on its way is stored.
        case none
        /// The checksum: what a producer has encoded wrongly is stored.
        case header
        /// Each record, decompressed where it must be.
        case records
    }

    public init() {}

    /// The defaults with Kafka's keys set over them; those of `InertTopicKey` are only checked. Throws
    /// `unknownConfigKey`, which names the nearest key, or `invalidConfigValue`, which says what is expected.
    public init(
        overrides: [String: String], defaults: LogConfig = LogConfig()
    ) throws(LogError) {
        self = defaults
        try Self.keys.apply(Self.effective(overrides), to: &self)
    }

    /// How far before now a producer's timestamp may be, by either name.
    public var timestampBeforeMaxMs: Int64 {
        messageTimestampBeforeMaxMs == LogConfig().messageTimestampBeforeMaxMs
            ? messageTimestampDifferenceMaxMs : messageTimestampBeforeMaxMs
    }

    /// How far after now. Unlike Kafka's older default, the newer one is no infinity.
    var timestampAfterMaxMs: Int64 {
        let isDefault = messageTimestampAfterMaxMs == LogConfig().messageTimestampAfterMaxMs
        return isDefault && messageTimestampDifferenceMaxMs != .max
            ? messageTimestampDifferenceMaxMs : messageTimestampAfterMaxMs
    }

    /// Every key with this configuration's value, in a fixed order.
    public var entries: [(key: String, value: String)] {
        Self.keys.map { ($0.name, $0.read(self)) }
    }

    static let maxDecompressedKey = "weir.max.decompressed.batch.bytes"

    /// How many bytes of records a compressed byte may stand for, where nothing else was set. Batches
    /// that compress better are rare.
    public static let defaultMaxExpansion = 32

    /// What the records of a batch may decompress to: as much as was set, else 32 times
    /// `max.message.bytes` and 128 MiB at most. Whoever decodes a batch needs memory and time for what
    /// becomes of it.
    var maxDecompressedByteCount: Int {
        let most = Int64(Decompressor.defaultMaximumByteCount)
        return Int(
            maxDecompressedBatchBytes >= 0
                ? maxDecompressedBatchBytes
                : min(Int64(Self.defaultMaxExpansion) * maxMessageBytes, most))
    }

    package static let keys: [ConfigKey<LogConfig>] =
        [
            .integer("segment.bytes", \.segmentBytes, 14...Int64(Int32.max)),
            .integer("segment.ms", \.segmentMs, 1...Int64.max),
            .integer("segment.jitter.ms", \.segmentJitterMs, 0...Int64.max),
            .integer("segment.index.bytes", \.segmentIndexBytes, 12...Int64(Int32.max)),
            .integer("index.interval.bytes", \.indexIntervalBytes, 0...Int64(Int32.max)),
            .integer("retention.bytes", \.retentionBytes, -1...Int64.max),
            .integer("retention.ms", \.retentionMs, -1...Int64.max),
            .integer("flush.messages", \.flushMessages, 1...Int64.max),
            .integer("flush.ms", \.flushMs, 0...Int64.max),
            .integer("max.message.bytes", \.maxMessageBytes, 0...Int64(Int32.max)),
            .integer(
                maxDecompressedKey, \.maxDecompressedBatchBytes,
                -1...Int64(Decompressor.defaultMaximumByteCount)),
            .choice("message.timestamp.type", \.messageTimestampType),
            .integer(
                "message.timestamp.before.max.ms", \.messageTimestampBeforeMaxMs, 0...Int64.max),
            .integer("message.timestamp.after.max.ms", \.messageTimestampAfterMaxMs, 0...Int64.max),
            .integer(
                "message.timestamp.difference.max.ms", \.messageTimestampDifferenceMaxMs,
                0...Int64.max),
            .choice("weir.batch.validation", \.batchValidation),
            .integer("file.delete.delay.ms", \.fileDeleteDelayMs, 0...Int64.max),
        ] + CompactionConfig.keys + CompressionConfig.keys
}
