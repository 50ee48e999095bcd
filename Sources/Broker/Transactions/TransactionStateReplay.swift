import CommitLog
import KafkaProtocol
import RecordFormat

/// What `__transaction_state` says, read from its beginning to its end: of each transactional id
/// the last that was written.
struct TransactionStateReplay: Sendable {
    private(set) var metadata: [ExactName: TransactionMetadata] = [:]
    /// Records that are not what their version says, or of a version that is not known.
    private(set) var unreadableCount = 0

    /// The partitions with records of ids that belong in another one, and that nothing says were
    /// moved there; and the keys of those records.
    private var misplacedKeys: [Int32: Set<[UInt8]>] = [:]
    private let partitionCount: Int32

    private init(partitionCount: Int32) { self.partitionCount = partitionCount }

    /// What the partitions of the topic say, all of them, after what was misplaced has been moved;
    /// and what was moved. Blocks.
    static func read(
        _ partitions: [PartitionLog], nowMs: Int64
    ) throws -> (TransactionStateReplay, MisplacedRecords.Report) {
        let replay = try read(partitions)
        let sources = Set(replay.misplacedKeys.filter { !$0.value.isEmpty }.keys)
        guard !sources.isEmpty else { return (replay, MisplacedRecords.Report()) }
        let report = try MisplacedRecords(partitions: partitions, nowMs: nowMs) { key in
            (try? TransactionStateRecord(key: key, value: nil))?.transactionalID
        }.move(from: sources)
        return (try read(partitions), report)
    }

    private static func read(
        _ partitions: [PartitionLog]
    ) throws(LogError) -> TransactionStateReplay {
        var replay = TransactionStateReplay(partitionCount: Int32(partitions.count))
        for partition in partitions {
            let index = partition.topicPartition.partition
            try PartitionRecords.forEach(of: partition) { record, bytes, header in
                if !header.attributes.isControl { replay.apply(record, in: bytes, index) }
            }
        }
        return replay
    }

    private mutating func apply(_ record: Record, in bytes: RawSpan, _ partition: Int32) {
        let key = bytes.bytes(of: record.key)
        let value: RawSpan? = record.value.isNull ? nil : bytes.bytes(of: record.value)
        guard let decoded = try? TransactionStateRecord(key: key, value: value) else {
            unreadableCount += 1
            return
        }
        let id = decoded.transactionalID
        if CoordinatorPartition.index(of: id, among: partitionCount) == partition {
            metadata[id] = decoded.metadata
        } else if MovedTombstone.matches(record, in: bytes) {
            misplacedKeys[partition]?.remove(LastRecords.copy(key))
        } else {
            misplacedKeys[partition, default: []].insert(LastRecords.copy(key))
        }
    }
}
