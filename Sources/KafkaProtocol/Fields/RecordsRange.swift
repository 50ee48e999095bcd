/// Record batches by their place: messages never copy or decode them.
///
/// In a message that was read, it is a range of the frame. In a message to be written, the writer
/// writes the byte count and records a `Splice`; the sender of the frame inserts `byteCount` bytes
/// there, from its own file or buffer at `position`.
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

    /// No records. Clients expect this, and not null, if a fetch has found nothing.
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

/// The place of records in the bytes that a `FieldWriter` has written.
@frozen
public struct Splice: Hashable, Sendable {
    /// The records come before the byte at this position of the writer's bytes.
    public var position: Int
    /// The records; never empty.
    public var records: RecordsRange

    @inlinable
    public init(position: Int, records: RecordsRange) {
        self.position = position
        self.records = records
    }
}
