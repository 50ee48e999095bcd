/// Encodes records into one batch, in a buffer that it keeps from batch to batch.
///
/// Append until `append` refuses, `seal`, send `sealedBytes`, `reset`. Nothing is allocated per
/// record, and per batch only while the buffers still grow: for the first batch of a codec, or a
/// record larger than any before.
///
/// `batchSize` bounds the batch before compression, header included. As in Kafka, a single larger
/// record is accepted as the only one of its batch.
///
/// Thread contract: one owner.
@safe
public struct RecordBatchBuilder: ~Copyable {
    /// The bound on the uncompressed batch, header included.
    public let batchSize: Int
    public let compression: Compression

    // Stored apart from their public, read-only properties, since inlined code must be able to set
    // them.
    @usableFromInline var appendedCount = 0
    @usableFromInline var firstTimestamp: Int64 = 0
    @usableFromInline var largestTimestamp: Int64 = 0

    /// Room for the header, then the encoded records. `position` is the end of the last record.
    @usableFromInline var buffer: UnsafeMutableRawBufferPointer
    @usableFromInline var position = RecordBatchHeader.byteCount
    /// The end of the room for records: `batchSize`, or 0 once sealed, so that a sealed batch takes
    /// the same path as a full one.
    @usableFromInline var limit: Int

    let shared: SharedCompressor
    /// The sealed batch if a codec is used; else the batch is sealed in `buffer`.
    var compressedBuffer: UnsafeMutableRawBufferPointer
    /// 0 until sealed.
    var sealedByteCount = 0
    /// The checksum of the records as they were sealed: of all that follows the header.
    public internal(set) var recordsChecksum: UInt32 = 0
    /// The thread's CPU time in the codec for the batch; 0 without a codec, and until sealed.
    public internal(set) var compressionNanos: Int64 = 0

    /// A builder with a codec's context of its own.
    ///
    /// Throws `invalidLevel`, or `codecFailed` if the codec has no memory for its context.
    public init(batchSize: Int, compression: Compression = .none) throws(RecordFormatError) {
        self.init(batchSize: batchSize, sharing: try SharedCompressor(compression))
    }

    /// A builder that shares a codec's context with others of its thread: a context takes
    /// megabytes, and one that stays in the cache is faster than many used in turn.
    public init(batchSize: Int, sharing shared: SharedCompressor) {
        precondition(batchSize > 0 && batchSize <= Int(Int32.max))
        self.batchSize = max(batchSize, RecordBatchHeader.byteCount)
        self.shared = shared
        compression = shared.compression
        limit = self.batchSize
        unsafe buffer = Self.makeBuffer(batchByteCount: self.batchSize)
        unsafe compressedBuffer = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    }

    deinit {
        unsafe buffer.deallocate()
        unsafe compressedBuffer.deallocate()
    }

    static let bufferAlignment = 64
    /// A short integer may be stored as a word of which three bytes count, and a value in whole
    /// strides; at the end of a batch the rest reaches past it.
    private static let storeSlack = 8 + valuePadding

    static func makeBuffer(batchByteCount: Int) -> UnsafeMutableRawBufferPointer {
        .allocate(byteCount: batchByteCount + storeSlack, alignment: bufferAlignment)
    }

    @inlinable
    public var recordCount: Int { appendedCount }

    @inlinable
    public var isEmpty: Bool { appendedCount == 0 }

    /// The timestamp of the first record, from which deltas count.
    @inlinable
    public var baseTimestamp: Int64 { firstTimestamp }

    @inlinable
    public var maxTimestamp: Int64 { largestTimestamp }

    /// The size of the batch so far, header included.
    @inlinable
    public var uncompressedByteCount: Int { position }

    /// The bytes that more records may have.
    public var roomByteCount: Int { max(limit - position, 0) }

    public var isSealed: Bool { sealedByteCount > 0 }

    /// Makes the builder empty and open again, and `sealedBytes` invalid.
    public mutating func reset() {
        appendedCount = 0
        position = RecordBatchHeader.byteCount
        limit = batchSize
        sealedByteCount = 0
        compressionNanos = 0
    }
}
