import CommitLog
import KafkaProtocol
import RecordFormat

/// What a partition of `__consumer_offsets` says, read from its beginning to its end.
///
/// Later records replace earlier ones. Those of a transaction count when its marker comes, or stay
/// staged where none has come yet. Nothing of the coordinator's is touched, so several partitions
/// can be read at once, off its loop.
struct OffsetsReplay: Sendable {
    struct LoadedGroup: Sendable {
        var metadata: GroupMetadataValue?
        var offsets = GroupOffsets()
        var reconciled: ReconciledGroup?
        var share: ShareGroup?
        /// A partition that is not the group's and keeps offsets of it for an open transaction.
        var strayPartition: Int32?

        var isEmpty: Bool {
            metadata == nil && offsets.isEmpty && reconciled == nil && share == nil
        }
    }

    /// By group id.
    private(set) var groups: [ExactName: LoadedGroup] = [:]
    private(set) var recordCount = 0
    /// Records that are not what their version says; they are passed over, as Kafka does.
    private(set) var unreadableCount = 0
    /// Keys of groups that belong in another partition, and that nothing says were moved there.
    private(set) var misplacedKeys: Set<[UInt8]> = []
    /// Which partition this is, of how many; nil where nobody asks what is misplaced.
    private let place: (partition: Int32, count: Int32)?
    /// The groups that a producer's open transaction has staged offsets in.
    private var stagedGroups: [ProducerID: Set<ExactName>] = [:]

    init(of partition: Int32, among count: Int32) { place = (partition, count) }

    init() { place = nil }

    /// Reads a partition of a topic with so many. Blocks.
    static func read(
        _ partition: PartitionLog, among count: Int32
    ) throws(LogError) -> OffsetsReplay {
        var replay = OffsetsReplay(of: partition.topicPartition.partition, among: count)
        try PartitionRecords.forEach(of: partition) {
            (record, bytes, header) throws(RecordFormatError) in
            try replay.apply(record, in: bytes, of: header)
        }
        return replay
    }

    mutating func apply(
        _ record: Record, in bytes: RawSpan, of header: RecordBatchHeader
    ) throws(RecordFormatError) {
        if header.attributes.isControl {
            let marker = try ControlRecord(record, in: bytes)
            endTransaction(of: header.producerID, committed: marker.kind == .commit)
        } else {
            applyData(record, in: bytes, of: header)
        }
    }

    private mutating func applyData(
        _ record: Record, in bytes: RawSpan, of header: RecordBatchHeader
    ) {
        recordCount += 1
        let key = bytes.bytes(of: record.key)
        let value: RawSpan? = record.value.isNull ? nil : bytes.bytes(of: record.value)
        let decoded: OffsetsTopicRecord?
        do throws(ProtocolError) {
            decoded = try OffsetsTopicRecord(key: key, value: value)
        } catch {
            unreadableCount += 1
            return
        }
        guard let decoded else { return }
        if let place,
            CoordinatorPartition.index(of: decoded.group, among: place.count) != place.partition
        {
            note(record, in: bytes)
        }
        switch decoded {
        case .group(let group, let metadata):
            groups[ExactName(group), default: LoadedGroup()].metadata = metadata
            if metadata != nil { groups[ExactName(group)]?.share = nil }
        case .reconciled(let group, let record):
            restore(record, of: group)
        case .share(let group, let record):
            restore(record, of: group)
        case .offset(let group, let topicPartition, nil):
            _ = groups[ExactName(group)]?.offsets.remove { $0 == topicPartition }
        case .offset(let group, let topicPartition, let offset?):
            let entry = GroupOffsets.Entry(
                offset: offset, recordOffset: header.offset(of: record))
            if header.attributes.isTransactional {
                groups[ExactName(group), default: LoadedGroup()].offsets.stage(
                    [topicPartition: entry], producerID: header.producerID)
                stagedGroups[header.producerID, default: []].insert(ExactName(group))
            } else {
                groups[ExactName(group), default: LoadedGroup()].offsets.load(
                    topicPartition, entry)
            }
        }
    }

    /// The end of its epoch is the end of such a group. Ends of what is not known are left from a group
    /// before that. A group that was of another type is of this one from now on, even if the end of what it
    /// was could not be written.
    private mutating func restore(_ record: ReconciledGroupRecord, of id: String) {
        if record == .epoch(nil) {
            groups[ExactName(id)]?.reconciled = nil
            return
        }
        // Taken out while it changes, so that it is not copied.
        var loaded = groups.removeValue(forKey: id) ?? LoadedGroup()
        let known = loaded.reconciled.take()
        if known != nil || !record.isTombstone {
            var group = known ?? ReconciledGroup(id: id, config: GroupConfig())
            group.restore(record)
            loaded.reconciled = group
            loaded.share = nil
        }
        groups[id] = loaded
    }

    /// As of a group of the consumer protocol.
    private mutating func restore(_ record: ShareGroupRecord, of id: String) {
        if record == .epoch(nil) {
            groups[ExactName(id)]?.share = nil
            return
        }
        var loaded = groups.removeValue(forKey: id) ?? LoadedGroup()
        let known = loaded.share.take()
        if known != nil || !record.isTombstone {
            var group = known ?? ShareGroup(id: id, config: GroupConfig())
            group.restore(record)
            loaded.share = group
            loaded.reconciled = nil
            loaded.metadata = nil
        }
        groups[id] = loaded
    }

    private mutating func note(_ misplaced: Record, in bytes: RawSpan) {
        let key = LastRecords.copy(bytes.bytes(of: misplaced.key))
        if MovedTombstone.matches(misplaced, in: bytes) {
            misplacedKeys.remove(key)
        } else {
            misplacedKeys.insert(key)
        }
    }

    private mutating func endTransaction(of producerID: ProducerID, committed: Bool) {
        for group in stagedGroups.removeValue(forKey: producerID) ?? [] {
            groups[group]?.offsets.endTransaction(of: producerID, committed: committed)
        }
    }
}
