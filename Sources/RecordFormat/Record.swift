/// A run of bytes inside the span that a record was read from.
@frozen
public struct ByteRange: Hashable, Sendable {
    public var position: Int
    /// −1 if the field is null.
    public var count: Int

    @inlinable
    public init(position: Int, count: Int) {
        self.position = position
        self.count = count
    }

    @inlinable
    public var isNull: Bool { count < 0 }
}

/// The places of the parts of one record, as plain integers; the bytes stay in the span of the
/// iterator.
@frozen
public struct Record: Hashable, Sendable {
    /// The record's offset minus the base offset of its batch.
    public var offsetDelta: Int
    /// The record's time minus the base timestamp of its batch, in milliseconds.
    public var timestampDelta: Int64
    public var key: ByteRange
    public var value: ByteRange
    /// The encoded headers, without their count. They are checked only when they are iterated.
    public var headers: ByteRange
    public var headerCount: Int

    @inlinable
    init(
        offsetDelta: Int, timestampDelta: Int64, key: ByteRange, value: ByteRange,
        headers: ByteRange, headerCount: Int
    ) {
        self.offsetDelta = offsetDelta
        self.timestampDelta = timestampDelta
        self.key = key
        self.value = value
        self.headers = headers
        self.headerCount = headerCount
    }
}

/// The places of key and value of one record header.
@frozen
public struct RecordHeader: Hashable, Sendable {
    public var key: ByteRange
    public var value: ByteRange

    @inlinable
    init(key: ByteRange, value: ByteRange) {
        self.key = key
        self.value = value
    }
}

extension RawSpan {
    /// The bytes of a field of a record that was read from this span; empty if the field is null.
    @inlinable
    @_lifetime(copy self)
    public func bytes(of field: ByteRange) -> RawSpan {
        extracting(field.position..<(field.position + max(field.count, 0)))
    }
}
