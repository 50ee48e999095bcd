/// A message between the members of a group, opaque to the broker: its version, an Int16, and its
/// fields.
public protocol GroupMemberMessage: FieldSet {
    static var latestVersion: Int16 { get }
}

extension GroupMemberMessage {
    public func encoded(
        version: Int16 = Self.latestVersion
    ) throws(ProtocolError) -> OpaqueBytes {
        var writer = FieldWriter()
        writer.append(version)
        try writer.append(structure: self, version: version)
        return OpaqueBytes(writer.bytes)
    }

    /// Later versions only append fields, so the bytes after the known ones are ignored.
    public init(decoding bytes: RawSpan) throws(ProtocolError) {
        self.init()
        var prefix = FieldReader(bytes, message: Self.self, version: 0, isFlexible: false)
        var version: Int16 = 0
        try prefix.integer("Version", &version)
        guard version >= 0 else { throw prefix.error("Version", .unsupportedVersion, at: 0) }
        var reader = FieldReader(
            bytes, at: prefix.position, message: Self.self,
            version: min(version, Self.latestVersion), isFlexible: false)
        try reader.structure(&self)
    }
}
