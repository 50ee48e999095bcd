/// Writes a new batch from the records of another, in buffers and codec contexts that it reuses,
/// for compaction and for a broker's `compression.type`.
///
/// Either append the records to keep and `seal`, or seal encoded records unchanged. The header is
/// the old one with the caller's changes; the rewriter sets codec, length and checksum. Records
/// keep their offset deltas, so a rewritten batch may have gaps.
///
/// Thread contract: one owner.
@safe
public struct RecordBatchRewriter: ~Copyable {
    /// How many codecs with levels are kept ready: each of Kafka's once, unless levels change.
    static let keptCompressorCount = 8
    private static let leastCapacity = 16 << 10
    /// The largest size of a record besides its key, value and headers: its length, its attributes,
    /// two deltas, two lengths and the header count.
    private static let largestOverhead =
        5 * Varint.maximumByteCount32 + Varint.maximumByteCount64 + 1

    private var records = unsafe UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var recordsByteCount = 0
    private var sealed = unsafe UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var compressors: [SharedCompressor] = []
    /// How many records were appended since the last `reset`.
    public private(set) var recordCount = 0

    public init() {}

    deinit {
        unsafe records.deallocate()
        unsafe sealed.deallocate()
    }

    /// The memory of the buffers.
    public var capacity: Int { unsafe records.count + sealed.count }

    /// Removes the appended records, and makes the result of `seal` invalid.
    public mutating func reset() {
        recordsByteCount = 0
        recordCount = 0
    }

    /// Adds a record that an iterator over `bytes` returned; its time becomes `timestampDelta`
    /// milliseconds after the base timestamp of the batch.
    public mutating func append(_ record: Record, of bytes: RawSpan, timestampDelta: Int64) {
        let payloadByteCount =
            max(record.key.count, 0) + max(record.value.count, 0) + record.headers.count
        unsafe Self.grow(
            &records, keeping: recordsByteCount,
            to: recordsByteCount + payloadByteCount + Self.largestOverhead)
        let bodyByteCount =
            1 + Varint.byteCount(timestampDelta) + Varint.byteCount(Int64(record.offsetDelta))
            + Varint.byteCount(Int64(record.key.count))
            + Varint.byteCount(Int64(record.value.count))
            + Varint.byteCount(Int64(record.headerCount)) + payloadByteCount
        let start = unsafe records.baseAddress.unsafelyUnwrapped + recordsByteCount
        var place = unsafe Varint.write(Int64(bodyByteCount), to: start)
        unsafe place.storeBytes(of: 0, as: UInt8.self)
        unsafe place = Varint.write(timestampDelta, to: place + 1)
        unsafe place = Varint.write(Int64(record.offsetDelta), to: place)
        unsafe place = Varint.write(Int64(record.key.count), to: place)
        unsafe place = Self.copy(bytes.bytes(of: record.key), to: place)
        unsafe place = Varint.write(Int64(record.value.count), to: place)
        unsafe place = Self.copy(bytes.bytes(of: record.value), to: place)
        unsafe place = Varint.write(Int64(record.headerCount), to: place)
        unsafe place = Self.copy(bytes.bytes(of: record.headers), to: place)
        recordsByteCount += unsafe place - start
        recordCount += 1
    }

    /// A batch of the appended records, valid until the next call of the rewriter. Without records it is
    /// an empty batch, which is never compressed.
    ///
    /// Throws `codecFailed`, `invalidLevel`, and `invalidBatchLength` past 2 GiB.
    public mutating func seal(
        _ header: RecordBatchHeader, compression: Compression
    ) throws(RecordFormatError) -> UnsafeMutableRawBufferPointer {
        var header = header
        header.recordCount = Int32(recordCount)
        let appended = unsafe UnsafeRawBufferPointer(rebasing: records[..<recordsByteCount])
        return try unsafe seal(
            appended, header, recordCount == 0 ? .none : compression)
    }

    /// A batch of the encoded, uncompressed `records`, whose number is in `header`; otherwise like
    /// `seal(_:compression:)`.
    public mutating func seal(
        records: RawSpan, header: RecordBatchHeader, compression: Compression
    ) throws(RecordFormatError) -> UnsafeMutableRawBufferPointer {
        // The pointer is used only while the span is alive.
        try unsafe seal(records.withUnsafeBytes { unsafe $0 }, header, compression)
    }

    private mutating func seal(
        _ records: UnsafeRawBufferPointer, _ original: RecordBatchHeader,
        _ compression: Compression
    ) throws(RecordFormatError) -> UnsafeMutableRawBufferPointer {
        let compressor = try compressor(compression)
        let headByteCount = RecordBatchHeader.byteCount
        unsafe Self.grow(
            &sealed, keeping: 0, to: headByteCount + compressor.bound(records.count))
        let output = unsafe UnsafeMutableRawBufferPointer(rebasing: sealed[headByteCount...])
        let byteCount = headByteCount + (try unsafe compressor.compress(records, into: output))
        guard byteCount <= Int(Int32.max) else { throw .invalidBatchLength(Int32.max) }
        var header = original
        header.attributes.codec = compression.codec
        header.batchLength = Int32(byteCount - RecordBatchHeader.overheadByteCount)
        let batch = unsafe UnsafeMutableRawBufferPointer(rebasing: sealed[..<byteCount])
        unsafe header.write(to: batch)
        unsafe RecordBatchHeader.patchChecksum(in: batch)
        return unsafe batch
    }

    private mutating func compressor(
        _ compression: Compression
    ) throws(RecordFormatError) -> SharedCompressor {
        if let known = compressors.first(where: { $0.compression == compression }) { return known }
        let new = try SharedCompressor(compression)
        if compressors.count == Self.keptCompressorCount { compressors.removeFirst() }
        compressors.append(new)
        return new
    }

    private static func copy(
        _ bytes: RawSpan, to place: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        unsafe bytes.withUnsafeBytes { bytes in
            if let source = bytes.baseAddress {
                unsafe place.copyMemory(from: source, byteCount: bytes.count)
            }
        }
        return unsafe place + bytes.byteCount
    }

    /// Makes the buffer hold `byteCount` bytes, of which `kept` are copied; it grows by doubling.
    private static func grow(
        _ buffer: inout UnsafeMutableRawBufferPointer, keeping kept: Int, to byteCount: Int
    ) {
        guard buffer.count < byteCount else { return }
        let larger = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(byteCount, 2 * kept, leastCapacity), alignment: 64)
        if kept > 0 {
            unsafe larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[..<kept]))
        }
        unsafe buffer.deallocate()
        unsafe buffer = larger
    }
}
