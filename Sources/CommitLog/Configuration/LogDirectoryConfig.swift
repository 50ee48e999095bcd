import SettingKeys

/// The settings of a whole log directory, under the names of Kafka's broker settings; ours alone
/// begin with `weir.`.
public struct LogDirectoryConfig: Sendable, Equatable {
    /// How often retention is enforced. `retention.bytes` is enforced after every roll, too.
    public var retentionCheckIntervalMs: Int64 = 300_000
    /// How often sealed segments are flushed, and recovery points and log start offsets written down.
    public var flushOffsetCheckpointIntervalMs: Int64 = 60_000
    /// So many bytes of each partition's sealed segments may wait for that, too; a roll flushes what
    /// is beyond. Kafka flushes at every roll (0 here), which makes a fast load with a short retention
    /// wait for a disk that never needed its bytes. It bounds what a start after a crash must scan:
    /// a fraction of a second.
    public var unflushedSegmentBytes: Int64 = 2 << 30
    /// After so long without a batch a producer id is forgotten.
    public var producerIDExpirationMs: Int64 = 86_400_000
    /// So many producer ids a partition remembers. Of more, those are forgotten that were silent for longest, except
    /// inside a transaction: a batch that such a producer sends again would not be known as one.
    public var maxProducerIDsPerPartition: Int64 = 10_000
    /// Whether compacted topics are compacted.
    public var cleanerEnabled = true
    /// The bound on the cleaner's map of keys: 24 bytes a key. A log with more dirty keys is cleaned in
    /// several rounds.
    public var cleanerDedupeBufferBytes: Int64 = 128 << 20
    /// How full that map may get.
    public var cleanerLoadFactor = 0.9
    /// The bound on what the cleaner reads and writes a second, in bytes.
    public var cleanerMaxBytesPerSecond = Double.greatestFiniteMagnitude
    /// How long the cleaner rests when there is nothing to clean.
    public var cleanerBackoffMs: Int64 = 15_000

    public init() {}

    /// The defaults with keys set over them; throws as `LogConfig.init(overrides:defaults:)` does.
    public init(
        overrides: [String: String], defaults: LogDirectoryConfig = LogDirectoryConfig()
    ) throws(LogError) {
        self = defaults
        try Self.keys.apply(overrides, to: &self)
    }

    /// Every key with this configuration's value, in a fixed order.
    public var entries: [(key: String, value: String)] {
        Self.keys.map { ($0.name, $0.read(self)) }
    }

    /// Those that may be altered while the directory is open, as in Kafka.
    public static let dynamicKeys: Set<String> = [
        "producer.id.expiration.ms", "log.cleaner.dedupe.buffer.size",
        "log.cleaner.io.buffer.load.factor", "log.cleaner.io.max.bytes.per.second",
        "log.cleaner.backoff.ms",
    ]

    package static let keys: [ConfigKey<LogDirectoryConfig>] = [
        .integer("log.retention.check.interval.ms", \.retentionCheckIntervalMs, 1...Int64.max),
        .integer(
            "log.flush.offset.checkpoint.interval.ms", \.flushOffsetCheckpointIntervalMs,
            1...Int64(Int32.max)),
        .integer("weir.unflushed.segment.bytes", \.unflushedSegmentBytes, 0...Int64.max),
        .integer(
            "producer.id.expiration.ms", \.producerIDExpirationMs, 1...Int64(Int32.max)),
        .integer(
            "weir.max.producer.ids.per.partition", \.maxProducerIDsPerPartition,
            10...Int64(Int32.max)),
        .flag("log.cleaner.enable", \.cleanerEnabled),
        .integer(
            "log.cleaner.dedupe.buffer.size", \.cleanerDedupeBufferBytes, 1024...Int64(1 << 36)),
        .number("log.cleaner.io.buffer.load.factor", \.cleanerLoadFactor, 0.1...0.99),
        .number(
            "log.cleaner.io.max.bytes.per.second", \.cleanerMaxBytesPerSecond,
            1...Double.greatestFiniteMagnitude),
        .integer("log.cleaner.backoff.ms", \.cleanerBackoffMs, 0...Int64.max),
    ]
}
