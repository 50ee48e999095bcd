/// Gives access to the records of whole batches, compressed or not.
///
/// Uncompressed records are read in place; others are decompressed into a buffer that the reader
/// reuses.
///
/// Thread contract: one owner.
public struct RecordBatchReader: ~Copyable {
    var decompressor: Decompressor
    /// The thread's CPU time in the codec for the last batch; 0 if it was not compressed.
    public private(set) var decompressionNanos: Int64 = 0
    /// The size of the last batch's records, uncompressed.
    public private(set) var recordsByteCount = 0

    /// `maximumByteCount` bounds the decompressed records of one batch.
    public init(maximumByteCount: Int = Decompressor.defaultMaximumByteCount) {
        decompressor = Decompressor(maximumByteCount: maximumByteCount)
    }

    /// The largest size that the records of one batch may decompress to.
    public var maximumByteCount: Int {
        get { decompressor.maximumByteCount }
        set { decompressor.maximumByteCount = newValue }
    }

    /// The memory of the buffer that batches are decompressed into.
    public var capacity: Int { decompressor.capacity }

    /// Calls `body` with an iterator over the records of `batch`, whose header is `header`. Bytes
    /// after the batch are ignored.
    ///
    /// Throws `truncated` if the batch is incomplete, `crcMismatch` if it is verified and wrong,
    /// and the errors of the codec and of `body`. The iterator validates each record as it reads
    /// it.
    @inlinable
    public mutating func withRecords<Result>(
        of batch: RawSpan, header: RecordBatchHeader, verifyChecksum: Bool,
        _ body: (inout RecordIterator) throws(RecordFormatError) -> Result
    ) throws(RecordFormatError) -> Result {
        let payload = try records(of: batch, header: header, verifyChecksum: verifyChecksum)
        var iterator = RecordIterator(payload, count: Int(header.recordCount))
        return try body(&iterator)
    }

    /// The uncompressed records of the batch: in place, or in the buffer of the reader.
    @usableFromInline
    @_lifetime(copy batch, &self)
    mutating func records(
        of batch: RawSpan, header: RecordBatchHeader, verifyChecksum: Bool
    ) throws(RecordFormatError) -> RawSpan {
        guard batch.byteCount >= header.sizeInBytes else {
            throw .truncated(needed: header.sizeInBytes, available: batch.byteCount)
        }
        if verifyChecksum {
            try RecordBatchHeader.validateChecksum(of: batch, header: header)
        }
        let payload = batch.extracting(RecordBatchHeader.byteCount..<header.sizeInBytes)
        let codec = header.attributes.codec
        decompressionNanos = 0
        guard codec != .none else {
            recordsByteCount = payload.byteCount
            return payload
        }
        let start = CodecClock.nanos()
        let records = try decompressor.decompress(payload, codec: codec)
        decompressionNanos = CodecClock.nanos() - start
        recordsByteCount = records.byteCount
        return records
    }
}
