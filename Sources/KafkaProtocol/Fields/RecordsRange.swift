/// Record batches by their place: no message ever copies or decodes them.
///
/// Read, it is a range of the frame that was read. Written, it is a promise: the writer states the
/// byte count and notes a `Splice`, and whoever sends the frame puts `byteCount` bytes there, from
/// a file or a buffer in which `position` means something to him.
@frozen
public struct RecordsRange: Hashable, Sendable {
    public var position: Int
    public var byteCount: Int

    @inlinable
    public init(position: Int, byteCount: Int) {
        precondition(position >= 0 && byteCount >= 0)
        self.position = position
        self.byteCount = byteCount
    }

    /// No records. Clients want this, and not null, where a fetch has found nothing.
    public static let empty = RecordsRange(position: 0, byteCount: 0)

    @inlinable
    public var range: Range<Int> { position..<position + byteCount }
}

extension RecordsRange: NullableValue {
    public static func code(
        _ name: StaticString, _ value: inout RecordsRange?, _ wire: inout some FieldCoder,
        allowsNull: Bool
    ) throws(ProtocolError) {
        try wire.records(name, &value, allowsNull: allowsNull)
    }
}

/// Where records belong into what a `FieldWriter` has written.
@frozen
public struct Splice: Hashable, Sendable {
    /// The records come before the byte at this position of the writer's bytes.
    public var position: Int
    /// Which records; never none.
    public var records: RecordsRange

    @inlinable
    public init(position: Int, records: RecordsRange) {
        self.position = position
        self.records = records
    }
}
