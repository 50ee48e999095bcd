/// The settings of a whole log directory, under the names of Kafka's broker settings; ours alone
/// begin with `weir.`.
public struct LogDirectoryConfig: Sendable, Equatable {
    /// How often retention is enforced; beyond that, `retention.bytes` is after every roll.
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

    public init() {}

    /// The defaults with keys set over them; throws as `LogConfig.init(overrides:defaults:)` does.
    public init(overrides: [String: String]) throws(LogError) {
        try Self.keys.apply(overrides, to: &self)
    }

    /// Every key with this configuration's value, in a fixed order.
    public var entries: [(key: String, value: String)] {
        Self.keys.map { ($0.name, $0.read(self)) }
    }

    static let keys: [ConfigKey<LogDirectoryConfig>] = [
        .integer("log.retention.check.interval.ms", \.retentionCheckIntervalMs, 1...Int64.max),
        .integer(
            "log.flush.offset.checkpoint.interval.ms", \.flushOffsetCheckpointIntervalMs,
            1...Int64.max),
        .integer("weir.unflushed.segment.bytes", \.unflushedSegmentBytes, 0...Int64.max),
        .integer("producer.id.expiration.ms", \.producerIDExpirationMs, 1...Int64.max),
    ]
}
