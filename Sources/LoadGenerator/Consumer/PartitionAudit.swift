import RecordFormat

/// One consumer group's audit of one partition: every stamped record is checked against its
/// producer's sequence, its stamp and its value's checksum.
///
/// Thread contract: belongs to one consumer worker until the run has ended.
struct PartitionAudit {
    /// Bytes of the header section behind the header count: key length, key, value length, stamp.
    private static let sectionByteCount = StampedHeaders.byteCount - 1

    private let run: RunMark
    private var sequences: [SequenceAudit]
    private(set) var corrupt: UInt64 = 0
    private(set) var foreign: UInt64 = 0

    init(run: RunMark, producerCount: Int) {
        self.run = run
        sequences = Array(repeating: SequenceAudit(), count: producerCount)
    }

    /// Checks one record.
    ///
    /// - Returns: when it was due, in Unix nanoseconds; nil where it is not of this run or its stamp
    ///   is damaged.
    @inline(__always)
    mutating func observe(_ record: Record, in bytes: RawSpan) -> Int64? {
        guard let stamp = Self.stamp(of: record, in: bytes), run.isOn(stamp) else {
            foreign += 1
            return nil
        }
        guard Int(stamp.producer) < sequences.count else {
            corrupt += 1
            return nil
        }
        let crc = CRC32C.checksum(bytes.bytes(of: record.value))
        if AuditStamp.check(crc: crc) != stamp.check { corrupt += 1 }
        sequences[Int(stamp.producer)].observe(stamp.sequence)
        return stamp.intendedUnixNanos
    }

    /// Counts records that could not be read at all.
    mutating func addCorrupt(_ count: UInt64) {
        corrupt += count
    }

    @inline(__always)
    private static func stamp(of record: Record, in bytes: RawSpan) -> AuditStamp? {
        let section = record.headers
        guard record.headerCount == 1, section.count == sectionByteCount else { return nil }
        let start = section.position + sectionByteCount - AuditStamp.byteCount
        return AuditStamp(bytes.extracting(start..<(start + AuditStamp.byteCount)))
    }

    /// The counts of this partition, held against what the producers sent to it.
    ///
    /// - Parameter isDrained: whether it was read to its end. Where it was not, since its consumer
    ///   failed or ran out of time, only gaps in what was read are losses: the rest is unread.
    func counts(partition: Int, isDrained: Bool, ledgers: [ProducerLedger]) -> AuditCounts {
        var counts = AuditCounts()
        counts.corrupt = corrupt
        counts.foreign = foreign
        for ledger in ledgers {
            let sequence = sequences[ledger.producer]
            let failed = ledger.failed.filter { $0.partition == partition }.map(\.sequences)
            counts.duplicated += sequence.duplicated
            counts.reordered += sequence.reordered
            let end = isDrained ? ledger.ends[partition] : sequence.next
            counts.lost += sequence.lost(before: end, unacknowledged: failed)
        }
        return counts
    }
}
