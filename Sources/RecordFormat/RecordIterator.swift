/// Reads the records of one batch, in order, from their uncompressed bytes. Copies nothing and
/// allocates nothing.
///
/// The bytes may be hostile: every length is checked against the remaining bytes before it is used.
/// After the last record `next` checks that no bytes remain.
///
///     | length varint | attributes i8 | timestampDelta varlong | offsetDelta varint
///     | key length varint, key | value length varint, value | header count varint, headers |
///
/// Thread contract: one owner; any number of iterators may read the same bytes.
public struct RecordIterator: ~Escapable {
    /// The uncompressed records, which the ranges of a `Record` refer to.
    public let bytes: RawSpan
    @usableFromInline var undecodedCount: Int
    @usableFromInline var position = 0
    @usableFromInline var usual = UsualRecord()

    /// `payload` is the bytes after the header, uncompressed; `count` is the header's record count.
    @inlinable
    @_lifetime(copy payload)
    public init(_ payload: RawSpan, count: Int) {
        bytes = payload
        undecodedCount = count
    }

    /// How many records are still to come, according to the batch.
    @inlinable
    public var remainingCount: Int { undecodedCount }

    /// The next record, `nil` after the last. Not to be called again after it threw.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func next() throws(RecordFormatError) -> Record? {
        if let record = nextIfTwin() { return record }
        if let record = nextIfUsual() { return record }
        guard undecodedCount > 0 else {
            guard position == bytes.byteCount else {
                throw .trailingBytes(bytes.byteCount &- position)
            }
            return nil
        }
        // The call does not get the iterator itself, so that its position stays in a register.
        let found = try Self.readCarefully(bytes, at: position, learning: &usual)
        position = found.end
        undecodedCount &-= 1
        return found.record
    }

    /// The next record if all its lengths are those of one that was read before; else `nil`, and
    /// nothing has changed.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    mutating func nextIfTwin() -> Record? {
        guard undecodedCount > 0, bytes.byteCount &- position >= usual.twin.byteCount else {
            return nil
        }
        // All loaded bytes lie within the record, as they did in its twin.
        let head = bytes.loadEightBytes(at: position &+ usual.twin.headPlace)
        guard
            bytes.loadTwoBytes(at: position) == usual.twin.lengthBytes,
            head & usual.twin.mask == usual.twin.pattern,
            bytes.loadTwoBytes(at: position &+ usual.twin.valueLengthPlace)
                & usual.twin.valueLengthMask
                == usual.twin.valueLengthBytes,
            bytes.loadByte(at: position &+ usual.twin.headerCountPlace)
                == usual.twin.headerCountByte
        else { return nil }
        let start = position
        position &+= usual.twin.byteCount
        undecodedCount &-= 1
        return Record(
            offsetDelta: usual.shape.offsetDelta(head),
            timestampDelta: usual.shape.timestampDelta(head),
            key: usual.twin.key.moved(by: start), value: usual.twin.value.moved(by: start),
            headers: usual.twin.headers.moved(by: start),
            headerCount: Int(usual.twin.headerCountByte &>> 1))
    }

    /// The next record if it has the usual shape and the span continues after it; else `nil`, and
    /// no record was taken.
    ///
    /// Its integers need no bounds checks of their own, because the span continues for longer than
    /// they can be. If they do not fit in the record, `readCarefully` reports the error.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    mutating func nextIfUsual() -> Record? {
        let available = bytes.byteCount &- position
        guard undecodedCount > 0, available >= Self.usualSlack else { return nil }
        var start = position
        let length = bytes.readShortVarint(at: &start)
        // An odd zig-zag form is negative.
        guard length & 1 == 0, length > 0, Int(length &>> 1) <= available &- Self.usualSlack else {
            return nil
        }
        let end = start &+ Int(truncatingIfNeeded: length &>> 1)
        let head = bytes.loadEightBytes(at: start)
        // After two records of one length more are likely, so the twin is learnt.
        guard head & usual.shape.mask == usual.shape.pattern, length != usual.twin.lastLength else {
            return nil
        }
        let keyPosition = start &+ usual.shape.byteCount
        let keyLength = usual.shape.keyLength(head)
        // Half of the zig-zag form is the number of bytes to skip; for a null it is 0.
        var place = keyPosition &+ Int(truncatingIfNeeded: keyLength &>> 1)
        guard place < end else { return nil }
        let valueLength = bytes.readShortVarint(at: &place)
        guard valueLength != Varint.encodedNull else { return nil }
        let valuePosition = place
        let valueCount = Int(truncatingIfNeeded: valueLength &>> 1)
        place &+= valueCount
        guard place < end, valueLength & 1 == 0 else { return nil }
        let headerCount = bytes.loadByte(at: place)
        place &+= 1
        let headerByteCount = end &- place
        if headerCount == 0 {
            guard headerByteCount == 0 else { return nil }
        } else {
            // An even number of one byte; a header has at least the lengths of its key and its value.
            guard headerCount & 0x81 == 0, Int(headerCount) <= headerByteCount else { return nil }
        }
        usual.twin.lastLength = length
        position = end
        undecodedCount &-= 1
        return Record(
            offsetDelta: usual.shape.offsetDelta(head),
            timestampDelta: usual.shape.timestampDelta(head),
            key: ByteRange(
                position: keyPosition,
                count: Int(truncatingIfNeeded: Varint.unZigZag(keyLength))),
            value: ByteRange(position: valuePosition, count: valueCount),
            headers: ByteRange(position: place, count: headerByteCount),
            headerCount: Int(headerCount &>> 1))
    }

    /// More than the integers of a record up to its key, or after its key, take when each is short.
    @usableFromInline static var usualSlack: Int { 16 }

    /// The headers of a record that this iterator returned.
    @inlinable
    @_lifetime(copy self)
    public func headers(of record: Record) -> RecordHeaderIterator {
        RecordHeaderIterator(bytes, record: record)
    }
}

/// Reads the headers of one record. Header keys are not checked to be UTF-8: use `bytes(of:)`.
///
///     | key length varint, key | value length varint (−1: null), value |
public struct RecordHeaderIterator: ~Escapable {
    @usableFromInline let bytes: RawSpan
    @usableFromInline var position: Int
    @usableFromInline let end: Int
    @usableFromInline var remainingCount: Int

    @inlinable
    @_lifetime(copy bytes)
    init(_ bytes: RawSpan, record: Record) {
        self.bytes = bytes
        position = record.headers.position
        end = record.headers.position + record.headers.count
        remainingCount = record.headerCount
        precondition(position >= 0 && position <= end && end <= bytes.byteCount)
    }

    /// The next header, `nil` after the last. Not to be called again after it threw.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func next() throws(RecordFormatError) -> RecordHeader? {
        guard remainingCount > 0 else {
            guard position == end else { throw .recordLengthMismatch(position: position) }
            return nil
        }
        remainingCount &-= 1
        let key = try readField(least: 0)
        let value = try readField(least: -1)
        return RecordHeader(key: key, value: value)
    }

    @inlinable
    @_lifetime(self: copy self)
    mutating func readField(least: Int64) throws(RecordFormatError) -> ByteRange {
        let start = position
        let count = try bytes.readVarint(
            at: &position, end: end, maximumByteCount: Varint.maximumByteCount32)
        guard count >= least, count <= Int64(end &- position) else {
            throw .invalidLength(count, position: start)
        }
        let range = ByteRange(position: position, count: Int(count))
        position &+= Swift.max(range.count, 0)
        return range
    }
}
