/// Bytes whose meaning others define: a group member's metadata and assignment, a SASL exchange.
@frozen
public struct OpaqueBytes: Hashable, Sendable {
    public var array: [UInt8]

    @inlinable
    public init(_ array: [UInt8]) { self.array = array }
}

extension OpaqueBytes: FieldElement, NullableValue {
    public static var minimumByteCount: Int { 1 }

    public init() { self.init([]) }

    public static func code(
        _ name: StaticString, _ value: inout OpaqueBytes?, _ wire: inout some FieldCoder,
        allowsNull: Bool
    ) throws(ProtocolError) {
        var bytes = value?.array
        try wire.bytes(name, &bytes, allowsNull: allowsNull)
        value = bytes.map { OpaqueBytes($0) }
    }
}
