import RecordFormat

/// Walks a file of Kafka's metadata log, a segment or a snapshot, record by record. Changes
/// nothing.
///
/// No batch is read that is larger than any that Kafka writes, and none is decompressed to more
/// than that would hold.
struct MetadataBatches: ~Copyable {
    /// Kafka's raft writes no larger batch than 8 MiB.
    private static let maximumBatchByteCount = 16 << 20
    private static let maximumRecordsByteCount = 64 << 20

    private let file: SegmentFile
    private var scanner: SegmentScanner
    private var reader = RecordBatchReader(maximumByteCount: maximumRecordsByteCount)
    /// Where the batch begins that is read next.
    private(set) var position = 0

    init(path: String) throws(LogError) {
        let file = try SegmentFile(path, .read)
        let byteCount = try file.file.byteCount()
        self.file = file
        scanner = SegmentScanner(
            file, from: 0, to: byteCount, chunkByteCount: SegmentScanner.recoveryChunkByteCount)
    }

    /// The header of the next batch; nil at the end.
    mutating func next() throws(LogError) -> RecordBatchHeader? {
        position = scanner.position
        let header: RecordBatchHeader?
        do throws(SegmentScanner.Fault) {
            header = try scanner.next()
        } catch {
            throw error.logError(file.file.path, position)
        }
        guard let header else { return nil }
        guard header.sizeInBytes <= Self.maximumBatchByteCount else {
            throw corrupt("a batch of \(header.sizeInBytes) bytes is larger than any of Kafka's")
        }
        return header
    }

    /// Calls `body` with offset, key and value of each record of the batch that `next` returned
    /// last.
    mutating func forEachRecord(
        of header: RecordBatchHeader,
        _ body: (Offset, RawSpan, RawSpan?) throws(MetadataRecordError) -> Void
    ) throws(LogError) {
        let bytes = try file.file.bytes(at: position, count: header.sizeInBytes)
        var failure: MetadataRecordError?
        do throws(RecordFormatError) {
            try unsafe reader.withRecords(
                of: bytes.span.bytes, header: header, verifyChecksum: true
            ) { (records) throws(RecordFormatError) in
                while failure == nil, let record = try records.next() {
                    let value: RawSpan? =
                        record.value.isNull ? nil : records.bytes.bytes(of: record.value)
                    do throws(MetadataRecordError) {
                        try body(
                            header.offset(of: record), records.bytes.bytes(of: record.key), value)
                    } catch {
                        failure = error
                    }
                }
            }
        } catch {
            throw corrupt(error.description)
        }
        if let failure { throw corrupt(failure.description) }
    }

    func corrupt(_ reason: String) -> LogError {
        .corrupt(path: file.file.path, position: position, reason: reason)
    }
}
