/// The settings of a whole log directory, under the names of Kafka's broker settings.
public struct LogDirectoryConfig: Sendable, Equatable {
    /// How often retention is enforced; beyond that, `retention.bytes` is after every roll.
    public var retentionCheckIntervalMs: Int64 = 300_000
    /// How often the recovery points and log start offsets are written down.
    public var flushOffsetCheckpointIntervalMs: Int64 = 60_000
    /// After so long without a batch a producer id is forgotten.
    public var producerIDExpirationMs: Int64 = 86_400_000

    public init() {}

    /// The defaults with keys set over them; throws as `LogConfig.init(overrides:defaults:)` does.
    public init(overrides: [String: String]) throws(LogError) {
        try Self.keys.apply(overrides, to: &self)
    }

    static let keys: [ConfigKey<LogDirectoryConfig>] = [
        .integer("log.retention.check.interval.ms", \.retentionCheckIntervalMs, 1...Int64.max),
        .integer(
            "log.flush.offset.checkpoint.interval.ms", \.flushOffsetCheckpointIntervalMs,
            1...Int64.max),
        .integer("producer.id.expiration.ms", \.producerIDExpirationMs, 1...Int64.max),
    ]
}
