/// The lengths of a record that was read and found valid. Another record with the same bytes in the
/// places of all lengths is valid as well, and has its fields at the same places.
///
/// Records of a stream often have one size. Comparing lengths is less work than decoding them, and
/// it breaks a dependency chain: the start of a record depends on the length and start of the one
/// before it, but a comparison is a branch, which the processor predicts.
@usableFromInline
struct RecordTwin {
    /// The length, in zig-zag form, of the last record that was read without a twin; 0 before the
    /// first.
    @usableFromInline var lastLength: UInt64 = 0

    /// The record with its length. Before the first record no record has this length.
    @usableFromInline var byteCount = Int.max
    /// The record's length varint; where it has one byte, with the attributes.
    @usableFromInline var lengthBytes: UInt16 = 0
    /// The beginning of the head of `RecordShape`; its bits that give the shape and the key's
    /// length.
    @usableFromInline var headPlace = 0
    @usableFromInline var mask: UInt64 = 0
    @usableFromInline var pattern: UInt64 = 0
    @usableFromInline var valueLengthPlace = 0
    @usableFromInline var valueLengthMask: UInt16 = 0
    @usableFromInline var valueLengthBytes: UInt16 = 0
    @usableFromInline var headerCountPlace = 0
    @usableFromInline var headerCountByte: UInt8 = 0

    // The fields of a record that begins at 0.
    @usableFromInline var key = ByteRange(position: 0, count: 0)
    @usableFromInline var value = ByteRange(position: 0, count: 0)
    @usableFromInline var headers = ByteRange(position: 0, count: 0)

    @inlinable
    init() {}

    /// Takes the lengths of a valid record of `shape`, from `start` to `end`, unless they are too
    /// long to be compared.
    mutating func learn(
        _ record: Record, of shape: RecordShape, in bytes: RawSpan, from start: Int, head: Int,
        to end: Int
    ) {
        let valueLengthPlace = record.key.position &+ max(record.key.count, 0)
        let valueLengthByteCount = record.value.position &- valueLengthPlace
        let headerCountPlace = record.value.position &+ max(record.value.count, 0)
        // The loaded bytes lie within the record, and include all lengths.
        guard
            head &- start <= 2, head &+ 8 <= end, valueLengthByteCount <= 2,
            record.headers.position &- headerCountPlace == 1
        else { return }
        byteCount = end &- start
        lengthBytes = bytes.loadTwoBytes(at: start)
        headPlace = head &- start
        mask = shape.mask | shape.keyBits &<< shape.keyShift
        pattern = bytes.loadEightBytes(at: head) & mask
        self.valueLengthPlace = valueLengthPlace &- start
        valueLengthMask = valueLengthByteCount == 1 ? 0xff : 0xffff
        valueLengthBytes = bytes.loadTwoBytes(at: valueLengthPlace) & valueLengthMask
        self.headerCountPlace = headerCountPlace &- start
        headerCountByte = bytes.loadByte(at: headerCountPlace)
        key = record.key.moved(by: 0 &- start)
        value = record.value.moved(by: 0 &- start)
        headers = record.headers.moved(by: 0 &- start)
    }
}

extension ByteRange {
    @inlinable @inline(__always)
    func moved(by distance: Int) -> ByteRange {
        ByteRange(position: position &+ distance, count: count)
    }
}
