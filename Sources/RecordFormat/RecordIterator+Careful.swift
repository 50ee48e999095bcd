/// Learns from the records read so far how the next ones probably look.
@usableFromInline
struct UsualRecord {
    @usableFromInline var shape = RecordShape()
    @usableFromInline var twin = RecordTwin()

    @inlinable
    init() {}

    /// Takes the shape and the lengths of the valid record from `start` to `end`, whose own length
    /// ends at `head`.
    fileprivate mutating func learn(
        _ record: Record, in bytes: RawSpan, from start: Int, head: Int, to end: Int
    ) {
        // A shorter record has no complete head.
        guard end &- head >= 8 else { return }
        let headBytes = bytes.loadEightBytes(at: head)
        if headBytes & shape.mask != shape.pattern {
            // The twin's fields are decoded by the old shape.
            twin = RecordTwin()
            guard shape.learn(headBytes) else { return }
        }
        let length = Varint.zigZag(Int64(end &- head))
        if length == twin.lastLength {
            twin.learn(record, of: shape, in: bytes, from: start, head: head, to: end)
        }
        twin.lastLength = length
    }
}

extension RecordIterator {
    /// The record at `start`, of any form, and its end; or its fault.
    @inline(never)
    @usableFromInline
    static func readCarefully(
        _ bytes: RawSpan, at start: Int, learning usual: inout UsualRecord
    ) throws(RecordFormatError) -> (record: Record, end: Int) {
        var place = start
        let length = try bytes.readVarint(
            at: &place, end: bytes.byteCount, maximumByteCount: Varint.maximumByteCount32)
        guard length > 0, length <= bytes.byteCount &- place else {
            throw .invalidLength(length, position: start)
        }
        let head = place
        let end = place &+ Int(length)
        // The attributes of a record have no meaning yet and are skipped, as Kafka does.
        place &+= 1
        let timestampDelta = try bytes.readVarint(
            at: &place, end: end, maximumByteCount: Varint.maximumByteCount64)
        let offsetDelta = try bytes.readVarint(
            at: &place, end: end, maximumByteCount: Varint.maximumByteCount32)
        guard offsetDelta >= 0, offsetDelta <= Int64(Int32.max) else {
            throw .invalidLength(offsetDelta, position: start)
        }
        let key = try bytes.readField(at: &place, end: end)
        let value = try bytes.readField(at: &place, end: end)
        let headerCount = try bytes.readVarint(
            at: &place, end: end, maximumByteCount: Varint.maximumByteCount32)
        let headerByteCount = end &- place
        // A header has at least the lengths of its key and its value.
        guard
            headerCount >= 0, headerCount <= Int64(headerByteCount &>> 1),
            headerCount > 0 || headerByteCount == 0
        else {
            throw headerCount == 0
                ? .recordLengthMismatch(position: start)
                : .invalidLength(headerCount, position: start)
        }
        let record = Record(
            offsetDelta: Int(offsetDelta), timestampDelta: timestampDelta, key: key, value: value,
            headers: ByteRange(position: place, count: headerByteCount),
            headerCount: Int(headerCount))
        usual.learn(record, in: bytes, from: start, head: head, to: end)
        return (record, end)
    }
}

extension RawSpan {
    fileprivate func readField(
        at place: inout Int, end: Int
    ) throws(RecordFormatError) -> ByteRange {
        let start = place
        let count = try readVarint(
            at: &place, end: end, maximumByteCount: Varint.maximumByteCount32)
        guard count >= -1, count <= Int64(end &- place) else {
            throw .invalidLength(count, position: start)
        }
        let range = ByteRange(position: place, count: Int(count))
        place &+= Swift.max(range.count, 0)
        return range
    }
}
