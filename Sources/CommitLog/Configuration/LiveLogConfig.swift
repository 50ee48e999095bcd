import Synchronization

/// The settings of a topic as its partitions read them: they may be altered while the partitions are open.
///
/// What every append asks for is a word of its own, read without a lock: an append that meets an
/// alteration may see one setting old and another new, and none of them needs the other. All others are
/// read by their names in `LogConfig`, under a lock that is innermost; that is no call for every batch.
/// Thread contract: every call from any thread. All partitions of a topic share one.
@dynamicMemberLookup
public final class LiveLogConfig: Sendable {
    private let current: Locked<LogConfig>
    private let words: Words

    init(_ config: LogConfig) {
        current = Locked(config)
        words = Words(config)
    }

    /// The settings in force.
    public var value: LogConfig { current.withLock { $0 } }

    public subscript<Value>(dynamicMember path: KeyPath<LogConfig, Value>) -> Value {
        current.withLock { $0[keyPath: path] }
    }

    /// Replaces the settings. Called by one thread at a time.
    func set(_ config: LogConfig) {
        current.withLock { $0 = config }
        words.set(config)
    }

    var segmentBytes: Int64 { words.segmentBytes.load(ordering: .relaxed) }
    var maxSegmentMs: Int64 { words.maxSegmentMs.load(ordering: .relaxed) }
    var segmentIndexBytes: Int64 { words.segmentIndexBytes.load(ordering: .relaxed) }
    var indexIntervalBytes: Int64 { words.indexIntervalBytes.load(ordering: .relaxed) }
    var flushMessages: Int64 { words.flushMessages.load(ordering: .relaxed) }
    var flushMs: Int64 { words.flushMs.load(ordering: .relaxed) }
    var maxMessageBytes: Int64 { words.maxMessageBytes.load(ordering: .relaxed) }
    var timestampBeforeMaxMs: Int64 { words.timestampBeforeMaxMs.load(ordering: .relaxed) }
    var timestampAfterMaxMs: Int64 { words.timestampAfterMaxMs.load(ordering: .relaxed) }
    var messageTimestampType: LogConfig.TimestampType {
        words.isLogAppendTime.load(ordering: .relaxed) ? .logAppendTime : .createTime
    }
    /// Whether more is asked of a batch than its header can tell.
    var concernsRecords: Bool { words.concernsRecords.load(ordering: .relaxed) }

    /// What of `weir.batch.validation` is in force.
    var validatesChecksums: Bool { words.validatesChecksums.load(ordering: .relaxed) }
    var validatesRecords: Bool { words.validatesRecords.load(ordering: .relaxed) }

    /// The times near enough to now that a producer may give a record; it may also give −1, which is none.
    func allowedTimestamps(nowMs: Int64) -> ClosedRange<Int64> {
        let now = max(nowMs, 0)
        let latest = now.addingReportingOverflow(timestampAfterMaxMs)
        return max(
            now - timestampBeforeMaxMs, 0)...(latest.overflow
            ? Int64.max : latest.partialValue)
    }
}

/// What an append reads.
private struct Words: ~Copyable {
    let segmentBytes: Atomic<Int64>
    let maxSegmentMs: Atomic<Int64>
    let segmentIndexBytes: Atomic<Int64>
    let indexIntervalBytes: Atomic<Int64>
    let flushMessages: Atomic<Int64>
    let flushMs: Atomic<Int64>
    let maxMessageBytes: Atomic<Int64>
    let timestampBeforeMaxMs: Atomic<Int64>
    let timestampAfterMaxMs: Atomic<Int64>
    let isLogAppendTime: Atomic<Bool>
    let concernsRecords: Atomic<Bool>
    let validatesChecksums: Atomic<Bool>
    let validatesRecords: Atomic<Bool>

    init(_ config: LogConfig) {
        segmentBytes = Atomic(config.segmentBytes)
        maxSegmentMs = Atomic(config.maxSegmentMs)
        segmentIndexBytes = Atomic(config.segmentIndexBytes)
        indexIntervalBytes = Atomic(config.indexIntervalBytes)
        flushMessages = Atomic(config.flushMessages)
        flushMs = Atomic(config.flushMs)
        maxMessageBytes = Atomic(config.maxMessageBytes)
        timestampBeforeMaxMs = Atomic(config.timestampBeforeMaxMs)
        timestampAfterMaxMs = Atomic(config.timestampAfterMaxMs)
        isLogAppendTime = Atomic(config.messageTimestampType == .logAppendTime)
        concernsRecords = Atomic(config.concernsRecords)
        validatesChecksums = Atomic(config.batchValidation != .none)
        validatesRecords = Atomic(config.batchValidation == .records)
    }

    func set(_ config: LogConfig) {
        segmentBytes.store(config.segmentBytes, ordering: .relaxed)
        maxSegmentMs.store(config.maxSegmentMs, ordering: .relaxed)
        segmentIndexBytes.store(config.segmentIndexBytes, ordering: .relaxed)
        indexIntervalBytes.store(config.indexIntervalBytes, ordering: .relaxed)
        flushMessages.store(config.flushMessages, ordering: .relaxed)
        flushMs.store(config.flushMs, ordering: .relaxed)
        maxMessageBytes.store(config.maxMessageBytes, ordering: .relaxed)
        timestampBeforeMaxMs.store(config.timestampBeforeMaxMs, ordering: .relaxed)
        timestampAfterMaxMs.store(config.timestampAfterMaxMs, ordering: .relaxed)
        isLogAppendTime.store(config.messageTimestampType == .logAppendTime, ordering: .relaxed)
        concernsRecords.store(config.concernsRecords, ordering: .relaxed)
        validatesChecksums.store(config.batchValidation != .none, ordering: .relaxed)
        validatesRecords.store(config.batchValidation == .records, ordering: .relaxed)
    }
}
