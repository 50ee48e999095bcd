/// A transaction marker: the one record of a control batch.
///
///     key:   version i16 = 0 | type i16 (0 abort, 1 commit)
///     value: version i16 = 0 | coordinatorEpoch i32
public struct ControlRecord: Hashable, Sendable {
    public enum Kind: Int16, Hashable, Sendable {
        case abort = 0
        case commit = 1
    }

    public var kind: Kind
    public var coordinatorEpoch: Int32

    public init(kind: Kind, coordinatorEpoch: Int32) {
        self.kind = kind
        self.coordinatorEpoch = coordinatorEpoch
    }

    static let currentVersion: Int16 = 0
    static let keyByteCount = 4
    static let valueByteCount = 6

    /// Reads a marker from a record of a control batch; `bytes` is the span of its iterator. Later
    /// versions only append fields, so longer keys and values are read too.
    public init(_ record: Record, in bytes: RawSpan) throws(RecordFormatError) {
        let key = bytes.bytes(of: record.key)
        let value = bytes.bytes(of: record.value)
        guard key.byteCount >= Self.keyByteCount, value.byteCount >= Self.valueByteCount,
            key.bigEndian(at: 0, as: Int16.self) >= Self.currentVersion,
            value.bigEndian(at: 0, as: Int16.self) >= Self.currentVersion,
            let kind = Kind(rawValue: key.bigEndian(at: 2))
        else { throw .invalidControlRecord }
        self.kind = kind
        coordinatorEpoch = value.bigEndian(at: 2)
    }

    public var keyBytes: [UInt8] {
        Self.bigEndianBytes(Self.currentVersion) + Self.bigEndianBytes(kind.rawValue)
    }

    public var valueBytes: [UInt8] {
        Self.bigEndianBytes(Self.currentVersion) + Self.bigEndianBytes(coordinatorEpoch)
    }

    private static func bigEndianBytes<Integer: FixedWidthInteger>(_ value: Integer) -> [UInt8] {
        stride(from: Integer.bitWidth - 8, through: 0, by: -8).map {
            UInt8(truncatingIfNeeded: value >> Integer($0))
        }
    }
}
