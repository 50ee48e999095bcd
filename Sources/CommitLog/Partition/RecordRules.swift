public import RecordFormat

/// What is asked of the records of a batch: Kafka's `LogValidator`, as far as it looks at records. They can be
/// decoded, their offset deltas count up, their headers have keys, their times are allowed, and in a compacted
/// topic they have keys themselves.
///
/// A pure function of the records. Thread contract: a value.
struct RecordRules: Sendable {
    /// A compacted topic takes no record without a key.
    let requiresKeys: Bool
    /// What the batch is to be re-encoded with; nil where it stays as it is.
    let compression: Compression?
    /// What producers may give as times, in milliseconds, besides −1; nil where the log sets the times.
    private let allowedTimestamps: ClosedRange<Int64>?

    /// Nil where the records need not be looked at.
    init?(
        _ config: LiveLogConfig, _ header: RecordBatchHeader, _ validation: BatchValidation,
        nowMs: Int64
    ) {
        // Markers are the coordinator's, and are stored as they are.
        guard !header.attributes.isControl else { return nil }
        var target: Compression?
        if config.concernsRecords {
            let settings = config.value
            requiresKeys = settings.cleanupPolicy.contains(.compact)
            target = settings.compression.kind == .producer ? nil : settings.compression.target
        } else {
            requiresKeys = false
        }
        compression = target?.codec == header.attributes.codec ? nil : target
        let isValidated = validation == .full && config.validatesRecords
        guard
            isValidated || requiresKeys || compression != nil || !header.hasCredibleMaxTimestamp
        else { return nil }
        allowedTimestamps =
            config.messageTimestampType == .createTime
            ? config.allowedTimestamps(nowMs: nowMs) : nil
    }

    /// Walks all records. Throws `invalidRecord` for the first one that cannot be decoded.
    func survey(
        _ records: inout RecordIterator, _ header: RecordBatchHeader
    ) throws(AppendError) -> RecordSurvey {
        var survey = RecordSurvey()
        var index = 0
        do throws(RecordFormatError) {
            while let record = try records.next() {
                if record.headerCount > 0 {
                    var headers = records.headers(of: record)
                    while try headers.next() != nil {}
                }
                let timestamp = header.baseTimestamp &+ record.timestampDelta
                if timestamp > survey.largestTimestamp { survey.largestTimestamp = timestamp }
                if let fault = fault(of: record, at: index, timestamp) {
                    survey.refused.add(RefusedRecords.Record(index: index, fault: fault))
                }
                index &+= 1
            }
        } catch {
            throw .invalidRecord(.malformedRecord(recordIndex: index, error))
        }
        return survey
    }

    @inline(__always)
    private func fault(
        of record: Record, at index: Int, _ timestamp: Int64
    ) -> RefusedRecords.Fault? {
        if record.offsetDelta != index { return .offsetDelta(record.offsetDelta) }
        if requiresKeys, record.key.isNull { return .keyMissing }
        if let allowedTimestamps, !allowedTimestamps.contains(timestamp), timestamp != -1 {
            return .timestamp(timestamp, allowed: allowedTimestamps)
        }
        return nil
    }
}

/// What a walk over the records of a batch found.
struct RecordSurvey {
    /// `.min` where there are no records.
    var largestTimestamp = Int64.min
    var refused = RefusedRecords()
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
    /// What appending a client's batch with this header does with its records.
    public func recordWork(for header: RecordBatchHeader) -> RecordWork {
        guard let rules = RecordRules(config, header, .full, nowMs: clock.nowMs()) else {
            return .none
        }
        return rules.compression == nil ? .reading : .reencoding
    }
}

extension LogConfig {
    /// Whether batches of the topic have to be looked into, whoever sends them: for keys, or to be re-encoded.
    var concernsRecords: Bool {
        cleanupPolicy.contains(.compact) || compression.kind != .producer
    }
}
