import CommitLog
import KafkaProtocol
import RecordFormat

/// What `__transaction_state` says, read from its beginning to its end: of each transactional id the last
/// that was written.
struct TransactionStateReplay: Sendable {
    private(set) var metadata: [String: TransactionMetadata] = [:]
    /// Records that are not what their version says, or of a version that is not known.
    private(set) var unreadableCount = 0

    private static let sliceByteCount = 1 << 20

    /// Adds what a partition says. Blocks.
    mutating func read(_ partition: PartitionLog) throws {
        var cursor = FetchCursor()
        var window = MappedWindow()
        var reader = RecordBatchReader()
        var next = partition.logStartOffset
        while let slice = try partition.read(
            from: next, maxBytes: Self.sliceByteCount, cursor: &cursor)
        {
            try apply(window.bytes(of: slice), &reader)
            next = slice.nextOffset
        }
    }

    private mutating func apply(
        _ bytes: borrowing RawSpan, _ reader: inout RecordBatchReader
    ) throws(RecordFormatError) {
        var position = 0
        while position < bytes.byteCount {
            let rest = bytes.extracting(position..<bytes.byteCount)
            let header = try RecordBatchHeader(rest)
            position += header.sizeInBytes
            if header.attributes.isControl { continue }
            try reader.withRecords(of: rest, header: header, verifyChecksum: true) {
                (iterator) throws(RecordFormatError) in
                while let record = try iterator.next() { apply(record, in: iterator.bytes) }
            }
        }
    }

    private mutating func apply(_ record: Record, in bytes: RawSpan) {
        let value: RawSpan? = record.value.isNull ? nil : bytes.bytes(of: record.value)
        guard
            let record = try? TransactionStateRecord(key: bytes.bytes(of: record.key), value: value)
        else {
            unreadableCount += 1
            return
        }
        metadata[record.transactionalID] = record.metadata
    }
}
