/// Encodes records into one batch, in a buffer that it keeps from batch to batch.
///
/// Append until `append` refuses, `seal`, send `sealedBytes`, `reset`. Nothing is allocated per record, and
/// per batch only while the buffers still grow: the first batch of a codec, or one record larger than any
/// before.
///
/// `batchSize` bounds the batch before compression, header included. As in Kafka, one record that is larger
/// is admitted as the first and only one of its batch.
///
/// Thread contract: one owner.
@safe
public struct RecordBatchBuilder: ~Copyable {
    /// The bound on the uncompressed batch, header included.
    public let batchSize: Int
    public let compression: Compression

    // Stored apart from their public, read-only faces, since inlined code must be able to set them.
    @usableFromInline var appendedCount = 0
    @usableFromInline var firstTimestamp: Int64 = 0
    @usableFromInline var largestTimestamp: Int64 = 0

    /// Room for the header, then the encoded records. `position` is the end of the last record.
    @usableFromInline var buffer: UnsafeMutableRawBufferPointer
    @usableFromInline var position = RecordBatchHeader.byteCount
    /// Where the records must end: `batchSize`, or 0 once sealed, so that a sealed batch takes the same
    /// path as a full one.
    @usableFromInline var limit: Int

    var compressor: Compressor
    /// The sealed batch where a codec is used; else the batch is sealed in `buffer`.
    var compressedBuffer: UnsafeMutableRawBufferPointer
    /// 0 until sealed.
    var sealedByteCount = 0

    /// Throws `invalidLevel`, or `codecFailed` where the codec has no memory for its context.
    public init(batchSize: Int, compression: Compression = .none) throws(RecordFormatError) {
        precondition(batchSize > 0 && batchSize <= Int(Int32.max))
        self.batchSize = max(batchSize, RecordBatchHeader.byteCount)
        self.compression = compression
        compressor = try Compressor(compression)
        limit = self.batchSize
        unsafe buffer = .allocate(byteCount: self.batchSize, alignment: Self.bufferAlignment)
        unsafe compressedBuffer = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    }

    deinit {
        unsafe buffer.deallocate()
        unsafe compressedBuffer.deallocate()
    }

    static let bufferAlignment = 64

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

    public var isSealed: Bool { sealedByteCount > 0 }

    /// Adds a record. Returns false, and changes nothing, where it does not fit or the batch is sealed; an
    /// empty, unsealed batch refuses only a record that no batch can hold, of 2 GiB.
    ///
    /// `timestamp` is in milliseconds since 1970. A `nil` key or value is a null, which differs from an
    /// empty one. `headers` are copied as they are (see `RecordHeaders`); no bytes mean no headers.
    @inlinable
    public mutating func append(
        timestamp: Int64, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?,
        headers: UnsafeRawBufferPointer
    ) -> Bool {
        let timestampDelta = appendedCount == 0 ? 0 : timestamp &- firstTimestamp
        let offsetDelta = Int64(appendedCount)
        let keyCount = unsafe key?.count ?? -1
        let valueCount = unsafe value?.count ?? -1
        let headerByteCount = Swift.max(headers.count, 1)
        // One for the attributes.
        let bodyByteCount =
            1 &+ Varint.byteCount(timestampDelta) &+ Varint.byteCount(offsetDelta)
            &+ Varint.byteCount(Int64(keyCount)) &+ Swift.max(keyCount, 0)
            &+ Varint.byteCount(Int64(valueCount)) &+ Swift.max(valueCount, 0)
            &+ headerByteCount
        let byteCount = Varint.byteCount(Int64(bodyByteCount)) &+ bodyByteCount
        if byteCount > limit &- position {
            guard makeRoom(forFirstRecordOf: byteCount) else { return false }
        }

        if appendedCount == 0 {
            firstTimestamp = timestamp
            largestTimestamp = timestamp
        } else if timestamp > largestTimestamp {
            largestTimestamp = timestamp
        }
        // The record fits: from here on the size computed above is the bounds check.
        var place = unsafe buffer.baseAddress.unsafelyUnwrapped + position
        unsafe place = Varint.write(Int64(bodyByteCount), to: place)
        unsafe place.storeBytes(of: 0, as: UInt8.self)
        unsafe place = Varint.write(timestampDelta, to: place + 1)
        unsafe place = Varint.write(offsetDelta, to: place)
        unsafe place = Varint.write(Int64(keyCount), to: place)
        if let key = unsafe key { unsafe place = Self.copy(key, to: place) }
        unsafe place = Varint.write(Int64(valueCount), to: place)
        if let value = unsafe value { unsafe place = Self.copy(value, to: place) }
        if headers.count == 0 {
            unsafe place.storeBytes(of: 0, as: UInt8.self)
        } else {
            _ = unsafe Self.copy(headers, to: place)
        }
        position &+= byteCount
        appendedCount &+= 1
        return true
    }

    @inlinable @inline(__always)
    static func copy(
        _ bytes: UnsafeRawBufferPointer, to place: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        if let source = bytes.baseAddress {
            unsafe place.copyMemory(from: source, byteCount: bytes.count)
        }
        return unsafe place + bytes.count
    }

    /// Grows the buffer where the record is to be the first one of an open batch.
    @inline(never)
    @usableFromInline
    mutating func makeRoom(forFirstRecordOf byteCount: Int) -> Bool {
        let needed = RecordBatchHeader.byteCount + byteCount
        guard recordCount == 0, !isSealed, needed <= Int(Int32.max) else { return false }
        if unsafe needed > buffer.count {
            unsafe buffer.deallocate()
            unsafe buffer = .allocate(byteCount: needed, alignment: Self.bufferAlignment)
        }
        return true
    }

    /// Makes the builder empty and open again. What `sealedBytes` gave is no longer valid.
    public mutating func reset() {
        appendedCount = 0
        position = RecordBatchHeader.byteCount
        limit = batchSize
        sealedByteCount = 0
    }
}
