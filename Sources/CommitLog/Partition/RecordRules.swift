import RecordFormat

/// What is asked of the records of a batch, where more is asked than its header can tell.
struct RecordRules: Sendable {
    /// A compacted topic takes no record without a key.
    let requiresKeys: Bool
    /// What the batch is to be re-encoded with; nil where it stays as it is.
    let compression: Compression?
    private let checksTimestamps: Bool
    private let nowMs: Int64
    private let config: LogConfig

    /// Nil where nobody needs to look at the records, as in most topics: it costs two comparisons.
    init?(_ config: LogConfig, _ header: RecordBatchHeader, _ nowMs: Int64) {
        requiresKeys = config.cleanupPolicy.contains(.compact)
        let target = config.compression.kind == .producer ? nil : config.compression.target
        compression = target?.codec == header.attributes.codec ? nil : target
        // Markers are the coordinator's, and are stored as they are.
        guard requiresKeys || compression != nil, !header.attributes.isControl else { return nil }
        checksTimestamps = config.messageTimestampType == .createTime
        self.nowMs = nowMs
        self.config = config
    }

    /// What is wrong with the record that stands at `index`, nil where nothing is.
    func fault(of record: Record, at index: Int, _ header: RecordBatchHeader) -> AppendError? {
        guard record.offsetDelta == index else {
            return .invalidRecord(
                .offsetDeltaMismatch(recordIndex: index, offsetDelta: record.offsetDelta))
        }
        if requiresKeys, record.key.isNull {
            return .invalidRecord(.keyMissing(recordIndex: index))
        }
        let timestamp = header.baseTimestamp &+ record.timestampDelta
        guard !checksTimestamps || config.allows(timestamp: timestamp, nowMs: nowMs) else {
            return .invalidTimestamp(timestamp, nowMs: nowMs)
        }
        return nil
    }
}

extension LogConfig {
    /// Whether a producer may give a record this time: −1, which is none, or one near enough to now.
    func allows(timestamp: Int64, nowMs: Int64) -> Bool {
        if timestamp == -1 { return true }
        guard timestamp >= 0 else { return false }
        return timestamp <= nowMs
            ? nowMs - timestamp <= messageTimestampBeforeMaxMs
            : timestamp - nowMs <= messageTimestampAfterMaxMs
    }
}
