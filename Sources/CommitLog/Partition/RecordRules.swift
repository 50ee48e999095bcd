public import RecordFormat

/// What is asked of the records of a batch, where more is asked than its header can tell.
struct RecordRules: Sendable {
    /// A compacted topic takes no record without a key.
    let requiresKeys: Bool
    /// What the batch is to be re-encoded with; nil where it stays as it is.
    let compression: Compression?
    /// What the batch may decompress to.
    let maxDecompressedByteCount: Int
    private let checksTimestamps: Bool
    private let nowMs: Int64
    private let config: LiveLogConfig

    /// Nil where nobody needs to look at the records, as in most topics: it costs one comparison.
    init?(_ config: LiveLogConfig, _ header: RecordBatchHeader, _ nowMs: Int64) {
        guard config.concernsRecords else { return nil }
        let settings = config.value
        requiresKeys = settings.cleanupPolicy.contains(.compact)
        let target = settings.compression.kind == .producer ? nil : settings.compression.target
        compression = target?.codec == header.attributes.codec ? nil : target
        // Markers are the coordinator's, and are stored as they are.
        guard requiresKeys || compression != nil, !header.attributes.isControl else { return nil }
        maxDecompressedByteCount = settings.maxDecompressedByteCount
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

/// What is done with the records of a batch before it is appended.
public enum RecordWork: Sendable {
    /// They are not looked at.
    case none
    /// They are walked, and decompressed for that where the batch is compressed.
    case reading
    /// They are compressed anew, too.
    case reencoding
}

extension PartitionLog {
    /// What appending a batch with this header does with its records.
    public func recordWork(for header: RecordBatchHeader) -> RecordWork {
        guard let rules = RecordRules(config, header, 0) else { return .none }
        return rules.compression == nil ? .reading : .reencoding
    }
}

extension LogConfig {
    /// Whether batches of the topic have to be looked into: for keys, or to be re-encoded.
    var concernsRecords: Bool {
        cleanupPolicy.contains(.compact) || compression.kind != .producer
    }
}
