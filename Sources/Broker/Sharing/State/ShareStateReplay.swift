import CommitLog
import KafkaProtocol
import RecordFormat

/// What one partition of `__share_group_state` says, read from its beginning to its end.
struct ShareStateReplay: Sendable {
    private(set) var states: [SharePartitionKey: StoredShareState] = [:]
    private(set) var recordCount = 0
    /// Records that are not what they say, or of a version that is not known.
    private(set) var unreadableCount = 0

    /// Blocks.
    static func read(_ partition: PartitionLog) throws(LogError) -> ShareStateReplay {
        var replay = ShareStateReplay()
        try PartitionRecords.forEach(of: partition) { record, bytes, header in
            replay.apply(record, in: bytes, of: header)
        }
        return replay
    }

    mutating func apply(_ record: Record, in bytes: RawSpan, of header: RecordBatchHeader) {
        guard !header.attributes.isControl else { return }
        recordCount += 1
        let value: RawSpan? = record.value.isNull ? nil : bytes.bytes(of: record.value)
        guard
            let decoded = try? ShareStateRecord(key: bytes.bytes(of: record.key), value: value),
            apply(decoded, header.offset(of: record))
        else {
            unreadableCount += 1
            return
        }
    }

    private mutating func apply(_ record: ShareStateRecord, _ offset: Offset) -> Bool {
        switch record.content {
        case .deleted: states[record.key] = nil
        case .snapshot(let value):
            guard let state = StoredShareState(value, at: offset) else { return false }
            states[record.key] = state
        case .update(let value):
            // The snapshot before may have been deleted with what came before it; then a later one
            // follows.
            guard states[record.key]?.snapshotEpoch == value.snapshotEpoch else { return true }
            return states[record.key]?.apply(value) ?? false
        }
        return true
    }
}
