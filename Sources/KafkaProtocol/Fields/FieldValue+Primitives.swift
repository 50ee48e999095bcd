// The encodings of Swift's own types and of the identities.

extension FieldElement where Self: FixedWidthInteger & BitwiseCopyable {
    public static var minimumByteCount: Int { MemoryLayout<Self>.size }

    public mutating func code(
        _ name: StaticString, _ wire: inout some FieldCoder
    ) throws(ProtocolError) {
        try wire.integer(name, &self)
    }
}

extension Int8: FieldElement {}
extension Int16: FieldElement {}
extension Int32: FieldElement {}
extension Int64: FieldElement {}
extension UInt16: FieldElement {}
extension UInt32: FieldElement {}

extension Bool: FieldElement {
    public static var minimumByteCount: Int { 1 }

    /// One byte; any other than 0 is true.
    public mutating func code(
        _ name: StaticString, _ wire: inout some FieldCoder
    ) throws(ProtocolError) {
        var byte: UInt8 = self ? 1 : 0
        try wire.integer(name, &byte)
        self = byte != 0
    }
}

extension Double: FieldElement {
    public static var minimumByteCount: Int { 8 }

    public mutating func code(
        _ name: StaticString, _ wire: inout some FieldCoder
    ) throws(ProtocolError) {
        var bits = bitPattern
        try wire.integer(name, &bits)
        self = Double(bitPattern: bits)
    }
}

extension String: FieldElement, NullableValue {
    public static var minimumByteCount: Int { 1 }

    public static func code(
        _ name: StaticString, _ value: inout String?, _ wire: inout some FieldCoder,
        allowsNull: Bool
    ) throws(ProtocolError) {
        try wire.string(name, &value, allowsNull: allowsNull)
    }
}

extension Array: FieldValue, FieldElement, NullableValue where Element: FieldElement {
    public static var minimumByteCount: Int { 1 }

    public static func code(
        _ name: StaticString, _ value: inout [Element]?, _ wire: inout some FieldCoder,
        allowsNull: Bool
    ) throws(ProtocolError) {
        try wire.array(name, &value, allowsNull: allowsNull)
    }
}
