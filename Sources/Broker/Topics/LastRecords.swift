import CommitLog
import RecordFormat

/// Of some keys of a partition the last record that counts: not those of transactions that were
/// aborted.
struct LastRecords: Sendable {
    struct Entry: Sendable, Equatable {
        var value: [UInt8]?
        /// In milliseconds since 1970.
        var timestamp: Int64
        var offset: Offset
        /// It is the tombstone of an entry that was moved.
        var isMoved: Bool
    }

    /// Nil where no record of the key counts, or none yet.
    private(set) var entries: [[UInt8]: Entry?] = [:]
    private var staged: [ProducerID: [[UInt8]: Entry]] = [:]

    /// The keys that open transactions have written.
    var openKeys: Set<[UInt8]> { Set(staged.values.flatMap(\.keys)) }

    /// Reads a partition from its beginning to its end. Blocks.
    static func read(
        _ partition: PartitionLog, where isWanted: (RawSpan) -> Bool
    ) throws(LogError) -> LastRecords {
        var last = LastRecords()
        try PartitionRecords.forEach(of: partition) {
            (record, bytes, header) throws(RecordFormatError) in
            if header.attributes.isControl {
                let marker = try ControlRecord(record, in: bytes)
                last.endTransaction(of: header.producerID, marker.kind)
            } else if isWanted(bytes.bytes(of: record.key)) {
                last.add(record, in: bytes, of: header)
            }
        }
        return last
    }

    private mutating func add(
        _ record: Record, in bytes: RawSpan, of header: RecordBatchHeader
    ) {
        let entry = Entry(
            value: record.value.isNull ? nil : Self.copy(bytes.bytes(of: record.value)),
            timestamp: header.timestamp(of: record),
            offset: header.offset(of: record),
            isMoved: MovedTombstone.matches(record, in: bytes))
        let key = Self.copy(bytes.bytes(of: record.key))
        if header.attributes.isTransactional {
            staged[header.producerID, default: [:]][key] = entry
            if entries[key] == nil { entries.updateValue(nil, forKey: key) }
        } else {
            entries[key] = entry
        }
    }

    /// The later record counts, not the later marker.
    private mutating func endTransaction(of producerID: ProducerID, _ kind: ControlRecord.Kind) {
        guard let ended = staged.removeValue(forKey: producerID), kind == .commit else { return }
        for (key, entry) in ended {
            if let present = entries[key], let present, present.offset > entry.offset { continue }
            entries[key] = entry
        }
    }

    static func copy(_ bytes: RawSpan) -> [UInt8] {
        unsafe bytes.withUnsafeBytes { unsafe Array($0) }
    }
}
