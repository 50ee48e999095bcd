/// Records that one group found missing or surplus in one partition. A record that is missing in
/// one partition and surplus in another was misrouted.
struct Strays {
    /// A whole batch that was sent to another partition.
    struct Batch {
        var partition: Int
        var producer: Int
        var sequences: Range<UInt64>
    }

    /// A record that was not in its batch when it was sent.
    struct Record {
        var check: UInt16
        var place: RecordPlace
    }

    /// A record that was in its batch when it was sent, and is missing.
    struct Missing {
        var producer: Int
        var sequence: UInt64
        var check: UInt16
    }

    /// Further records of a kind are not matched, so that a target that does this to all records
    /// does not fill the memory.
    private static let limit = 65_536

    private(set) var batches: [Batch] = []
    private(set) var records: [Record] = []
    private(set) var missing: [Missing] = []

    mutating func add(_ batch: Batch) {
        if batches.count < Self.limit { batches.append(batch) }
    }

    /// - Returns: false if there are too many.
    mutating func add(check: UInt16, place: RecordPlace) -> Bool {
        guard records.count < Self.limit else { return false }
        records.append(Record(check: check, place: place))
        return true
    }

    mutating func addMissing(producer: Int, sequence: UInt64, check: UInt16) {
        guard missing.count < Self.limit else { return }
        missing.append(Missing(producer: producer, sequence: sequence, check: check))
    }
}

extension AuditCounts {
    /// One group's counts over all partitions, compared with the producers' sequence numbers.
    ///
    /// - Parameters:
    ///   - audits: of each partition. If one was not read to its end, because its consumer failed
    ///     or ran out of time, only missing records before the reached place count as lost; the
    ///     rest is unread. A share group reaches no place before the end.
    ///   - compacted: the partitions whose topics are compacted.
    ///   - hasOthers: whether a share group had members that are not the run's.
    init(
        _ audits: [(isDrained: Bool, audit: PartitionAudit)], sent: [SentSequences],
        compacted: Set<Int> = [], hasOthers: Bool = false
    ) {
        self.init()
        var excused: [RecordOrigin: [Range<UInt64>]] = [:]
        for sent in sent {
            for (partition, sequences) in sent.failed + sent.inDoubt {
                excused[RecordOrigin(partition, sent.producer), default: []].append(sequences)
            }
        }
        countInDoubt(audits.map(\.audit), sent)
        for audit in audits.map(\.audit) {
            self += audit.counts
            for batch in audit.strays.batches {
                excused[RecordOrigin(batch.partition, batch.producer), default: []]
                    .append(batch.sequences)
            }
        }
        joinStrayRecords(audits.map(\.audit), &excused)
        for (isDrained, audit) in audits {
            for sent in sent where audit.partition < sent.ends.count {
                let sequences = audit.sequences[sent.producer]
                let isAtEnd = isDrained || audit.isCutShort
                guard isAtEnd || !audit.isShared else { continue }
                let missing = sequences.lost(
                    before: isAtEnd ? sent.ends[audit.partition] : sequences.next,
                    excusing: excused[RecordOrigin(audit.partition, sent.producer)] ?? [])
                if audit.isShared, hasOthers {
                    takenByOthers += missing.count
                } else if compacted.contains(audit.partition) {
                    superseded += missing.count
                } else {
                    add(
                        missing.count, .lost,
                        at: RecordPlace(
                            partition: audit.topicPartition, producer: sent.producer,
                            sequence: missing.first))
                }
            }
        }
    }

    /// What came of the records of which no answer says whether they are stored.
    private mutating func countInDoubt(_ audits: [PartitionAudit], _ sent: [SentSequences]) {
        guard sent.contains(where: { !$0.inDoubt.isEmpty }) else { return }
        let ofPartitions = Dictionary(audits.map { ($0.partition, $0) }) { first, _ in first }
        for sent in sent {
            for (partition, sequences) in sent.inDoubt {
                guard let audit = ofPartitions[partition] else { continue }
                inDoubt += UInt64(sequences.count)
                foundInDoubt += audit.sequences[sent.producer].arrivedCount(of: sequences)
            }
        }
    }

    /// A surplus record of one partition is misrouted if it is missing in another, else corrupt.
    private mutating func joinStrayRecords(
        _ audits: [PartitionAudit], _ excused: inout [RecordOrigin: [Range<UInt64>]]
    ) {
        var missing: [UInt16: [(audit: PartitionAudit, record: Strays.Missing)]] = [:]
        for audit in audits {
            for record in audit.strays.missing {
                missing[record.check, default: []].append((audit, record))
            }
        }
        for audit in audits {
            for record in audit.strays.records {
                let found = missing[record.check]?.firstIndex {
                    $0.audit.partition != audit.partition
                }
                guard let found, let origin = missing[record.check]?.remove(at: found) else {
                    add(1, .corrupt, at: record.place)
                    continue
                }
                let sequence = origin.record.sequence
                excused[
                    RecordOrigin(origin.audit.partition, origin.record.producer), default: []
                ].append(sequence..<(sequence + 1))
                var place = record.place
                place.producer = origin.record.producer
                place.sequence = sequence
                place.sentTo = origin.audit.topicPartition
                add(1, .misrouted, at: place)
            }
        }
    }
}

/// The producer and the partition of sequence numbers.
private struct RecordOrigin: Hashable {
    let partition: Int
    let producer: Int

    init(_ partition: Int, _ producer: Int) {
        self.partition = partition
        self.producer = producer
    }
}
