/// Writes messages, one frame after the other, into one growing buffer.
///
/// The bytes do not contain records: `splices` says which records belong where. A frame that could
/// not be written is removed. Fields that the version lacks are omitted; a caller that needs them
/// chooses a version that has them.
///
/// Thread contract: one owner, who sends `bytes` and then calls `removeAll`: the buffer is kept.
public struct FieldWriter: FieldCoding, ~Copyable {
    public internal(set) var bytes: [UInt8] = []
    /// In order of position.
    public internal(set) var splices: [Splice] = []
    /// The bytes of all `splices`.
    public internal(set) var splicedByteCount = 0

    /// The name in errors.
    var message: Any.Type = RequestHeader.self
    public internal(set) var version: Int16 = 0
    /// Compact lengths, and tagged fields after every structure.
    var isFlexible = false
    /// The position of the count of tagged fields of the current structure; `nil` before the first.
    var tagCountPosition: Int?

    public init() {}

    /// The size to be sent: bytes and spliced records.
    public var byteCount: Int { bytes.count + splicedByteCount }

    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        splices.removeAll(keepingCapacity: true)
        splicedByteCount = 0
    }

    public mutating func integer<Integer: FixedWidthInteger & BitwiseCopyable>(
        _ name: StaticString, _ value: inout Integer
    ) throws(ProtocolError) {
        append(value)
    }

    public mutating func string(
        _ name: StaticString, _ value: inout String?, allowsNull: Bool
    ) throws(ProtocolError) {
        guard let text = value else { return try appendNull(name, allowsNull, as: Int16.self) }
        let byteCount = text.utf8.count
        guard byteCount <= FieldReader.maximumStringByteCount else {
            throw error(name, .invalidLength(byteCount))
        }
        appendLength(byteCount, as: Int16.self)
        bytes.append(contentsOf: text.utf8)
    }

    public mutating func array<Element: FieldElement>(
        _ name: StaticString, _ value: inout [Element]?, allowsNull: Bool
    ) throws(ProtocolError) {
        guard let elements = value else { return try appendNull(name, allowsNull, as: Int32.self) }
        try appendCount(elements.count, name)
        for index in elements.indices {
            var element = elements[index]
            try element.code(name, &self)
        }
    }

    public mutating func bytes(
        _ name: StaticString, _ value: inout [UInt8]?, allowsNull: Bool
    ) throws(ProtocolError) {
        guard let opaque = value else { return try appendNull(name, allowsNull, as: Int32.self) }
        try appendCount(opaque.count, name)
        bytes.append(contentsOf: opaque)
    }

    public mutating func records(
        _ name: StaticString, _ value: inout RecordsRange?, allowsNull: Bool
    ) throws(ProtocolError) {
        guard let records = value else { return try appendNull(name, allowsNull, as: Int32.self) }
        try appendCount(records.byteCount, name)
        guard records.byteCount > 0 else { return }
        splices.append(Splice(position: bytes.count, records: records))
        splicedByteCount += records.byteCount
    }

    /// `Classic` is the type of the length in versions that are not flexible.
    private mutating func appendNull<Classic: FixedWidthInteger & BitwiseCopyable>(
        _ name: StaticString, _ allowsNull: Bool, as: Classic.Type
    ) throws(ProtocolError) {
        guard allowsNull else { throw error(name, .unexpectedNull) }
        appendLength(-1, as: Classic.self)
    }

    private mutating func appendCount(_ count: Int, _ name: StaticString) throws(ProtocolError) {
        guard count < Int32.max else { throw error(name, .invalidLength(count)) }
        appendLength(count, as: Int32.self)
    }

    private mutating func appendLength<Classic: FixedWidthInteger & BitwiseCopyable>(
        _ length: Int, as: Classic.Type
    ) {
        if isFlexible {
            append(unsignedVarint: UInt32(length + 1))
        } else {
            append(Classic(length))
        }
    }

    mutating func append<Integer: FixedWidthInteger & BitwiseCopyable>(_ value: Integer) {
        unsafe withUnsafeBytes(of: value.bigEndian) { unsafe bytes.append(contentsOf: $0) }
    }

    @inline(never)
    func error(_ name: StaticString, _ reason: ProtocolError.Reason) -> ProtocolError {
        ProtocolError(
            message: "\(message)", version: version, field: name.description,
            position: bytes.count, reason: reason)
    }
}
