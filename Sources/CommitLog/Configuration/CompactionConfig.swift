import SettingKeys

/// The settings of one topic's compaction, under Kafka's keys and with Kafka's defaults.
public struct CompactionConfig: Sendable, Equatable {
    /// A log is cleaned once more than this share of its bytes is dirty.
    public var minCleanableDirtyRatio = 0.5
    /// A record stays at least so long, whatever comes after it.
    public var minCompactionLagMs: Int64 = 0
    /// A record is cleaned at the latest after so long, whatever the ratio.
    public var maxCompactionLagMs: Int64 = .max
    /// How long a tombstone, and the marker of a transaction without data, stays after the first cleaning
    /// that met it.
    public var deleteRetentionMs: Int64 = 86_400_000

    public init() {}

    static let keys: [ConfigKey<LogConfig>] = [
        ConfigKey(
            name: "cleanup.policy", expected: "delete, compact, compact,delete or nothing",
            read: { $0.cleanupPolicy.text },
            write: { config, text in
                guard let policy = CleanupPolicy(text: text) else { return false }
                config.cleanupPolicy = policy
                return true
            }),
        .number("min.cleanable.dirty.ratio", \.compaction.minCleanableDirtyRatio, 0...1),
        .integer("min.compaction.lag.ms", \.compaction.minCompactionLagMs, 0...Int64.max),
        .integer("max.compaction.lag.ms", \.compaction.maxCompactionLagMs, 1...Int64.max),
        .integer("delete.retention.ms", \.compaction.deleteRetentionMs, 0...Int64.max),
    ]
}

extension LogConfig {
    /// After so long the active segment rolls: a record can only be cleaned in a sealed one.
    var maxSegmentMs: Int64 {
        cleanupPolicy.contains(.compact)
            ? min(segmentMs, compaction.maxCompactionLagMs) : segmentMs
    }
}
