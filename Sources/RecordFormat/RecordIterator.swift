/// Reads the records of one batch, in order, from their uncompressed bytes. Copies nothing and
/// allocates nothing.
///
/// The bytes may be hostile: every length is held against what is there before it is believed. After the
/// last record `next` checks that no bytes remain.
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

    /// `payload` is what follows the header, uncompressed; `count` is the header's record count.
    @inlinable
    @_lifetime(copy payload)
    public init(_ payload: RawSpan, count: Int) {
        bytes = payload
        undecodedCount = count
    }

    /// How many records the batch says are still to come.
    @inlinable
    public var remainingCount: Int { undecodedCount }

    /// The next record, `nil` after the last. Not to be called again after it threw.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func next() throws(RecordFormatError) -> Record? {
        if let record = nextIfUsual() { return record }
        return try nextCarefully()
    }

    /// The next record where all its integers are short and the span goes on behind it; else `nil`, and
    /// nothing has changed.
    ///
    /// The record's integers can be read without a check each, because the span goes on for longer than
    /// they can be. Where they then turn out not to fit in the record, `nextCarefully` finds the error.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    mutating func nextIfUsual() -> Record? {
        let available = bytes.byteCount &- position
        guard undecodedCount > 0, available >= Self.usualSlack else { return nil }
        var place = position
        let length = bytes.readShortVarint(at: &place)
        guard length > 0, length <= available &- Self.usualSlack else { return nil }
        let end = place &+ length
        // The attributes of a record have no meaning yet and are skipped, as Kafka does.
        place &+= 1
        let timestampDelta = bytes.readShortVarint(at: &place)
        let offsetDelta = bytes.readShortVarint(at: &place)
        let keyLength = bytes.readShortVarint(at: &place)
        let key = ByteRange(position: place, count: keyLength)
        place &+= Swift.max(keyLength, 0)
        guard place < end, keyLength >= -1, offsetDelta >= 0,
            timestampDelta != RawSpan.notShort
        else { return nil }
        let valueLength = bytes.readShortVarint(at: &place)
        let value = ByteRange(position: place, count: valueLength)
        place &+= Swift.max(valueLength, 0)
        guard place < end, valueLength >= -1 else { return nil }
        let headerCount = bytes.readShortVarint(at: &place)
        let headerByteCount = end &- place
        guard headerCount >= 0, headerCount <= headerByteCount &>> 1,
            headerCount > 0 || headerByteCount == 0
        else { return nil }
        position = end
        undecodedCount &-= 1
        return Record(
            offsetDelta: offsetDelta, timestampDelta: Int64(timestampDelta), key: key,
            value: value, headers: ByteRange(position: place, count: headerByteCount),
            headerCount: headerCount)
    }

    /// More than the integers of a record up to its key, or after its key, take when each is short.
    @usableFromInline static var usualSlack: Int { 16 }

    /// `next` for every record, valid or not.
    @inline(never)
    @usableFromInline
    @_lifetime(self: copy self)
    mutating func nextCarefully() throws(RecordFormatError) -> Record? {
        guard undecodedCount > 0 else {
            guard position == bytes.byteCount else {
                throw .trailingBytes(bytes.byteCount &- position)
            }
            return nil
        }
        let start = position
        var place = start
        let length = try bytes.readVarint(
            at: &place, end: bytes.byteCount, maximumByteCount: Varint.maximumByteCount32)
        guard length > 0, length <= bytes.byteCount &- place else {
            throw .invalidLength(length, position: start)
        }
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
        let key = try readField(at: &place, end: end)
        let value = try readField(at: &place, end: end)
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
        position = end
        undecodedCount &-= 1
        return Record(
            offsetDelta: Int(offsetDelta), timestampDelta: timestampDelta, key: key, value: value,
            headers: ByteRange(position: place, count: headerByteCount),
            headerCount: Int(headerCount))
    }

    private func readField(at place: inout Int, end: Int) throws(RecordFormatError) -> ByteRange {
        let start = place
        let count = try bytes.readVarint(
            at: &place, end: end, maximumByteCount: Varint.maximumByteCount32)
        guard count >= -1, count <= Int64(end &- place) else {
            throw .invalidLength(count, position: start)
        }
        let range = ByteRange(position: place, count: Int(count))
        place &+= Swift.max(range.count, 0)
        return range
    }

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
