import CommitLog
import RecordFormat

/// The records of a partition from its beginning to its end: what a coordinator reads of its topic
/// at a start. Every batch's checksum is verified.
///
/// Thread contract: one owner.
struct PartitionRecords: ~Copyable {
    /// Gets each record, the bytes that it lies in, and the header of its batch. Records of control
    /// batches are among them.
    typealias Body =
        (Record, RawSpan, RecordBatchHeader) throws(RecordFormatError) -> Void

    /// How much is read at a time.
    private static let sliceByteCount = 1 << 20

    private var reader = RecordBatchReader()

    /// Walks the partition. Blocks. Throws `corrupt` where a batch is damaged or `body` refuses a
    /// record.
    static func forEach(of partition: PartitionLog, _ body: Body) throws(LogError) {
        var records = PartitionRecords()
        var cursor = FetchCursor()
        var window = MappedWindow()
        var next = partition.logStartOffset
        while let slice = try partition.read(
            from: next, maxBytes: sliceByteCount, cursor: &cursor)
        {
            let bytes = try window.bytes(of: slice)
            var position = 0
            do throws(RecordFormatError) {
                try records.forEach(in: bytes, at: &position, body)
                guard position == slice.byteCount else {
                    throw .truncated(needed: slice.byteCount - position, available: 0)
                }
            } catch {
                throw .corrupt(
                    path: slice.path, position: slice.position + position,
                    reason: error.description)
            }
            next = slice.nextOffset
        }
    }

    /// Walks whole batches that lie one behind the other.
    mutating func forEach(in batches: RawSpan, _ body: Body) throws(RecordFormatError) {
        var position = 0
        try forEach(in: batches, at: &position, body)
    }

    /// After an error `position` is that of the batch.
    private mutating func forEach(
        in batches: RawSpan, at position: inout Int, _ body: Body
    ) throws(RecordFormatError) {
        while position < batches.byteCount {
            let rest = batches.extracting(droppingFirst: position)
            let header = try RecordBatchHeader(rest)
            try reader.withRecords(of: rest, header: header, verifyChecksum: true) {
                (records) throws(RecordFormatError) in
                while let record = try records.next() {
                    try body(record, records.bytes, header)
                }
            }
            position += header.sizeInBytes
        }
    }
}
