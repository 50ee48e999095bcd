import KafkaProtocol
import RecordFormat

/// A record of an internal topic, as a coordinator writes it.
protocol InternalTopicRecord {
    /// Its key and its value, which is null for a tombstone. Throws where a string is longer than Kafka's encoding can
    /// be.
    func encoded() throws(ProtocolError) -> (key: [UInt8], value: [UInt8]?)
}

/// The form of keys and values in internal topics: `version i16 | fields`. The version of a key says what the record is
/// about.
enum VersionedFields {
    private static let versionByteCount = 2

    static func encode(
        _ fields: some FieldSet, _ version: Int16, isFlexible: Bool = false
    ) throws(ProtocolError) -> [UInt8] {
        var writer = FieldWriter()
        var prefix = version
        try writer.integer("version", &prefix)
        try writer.append(structure: fields, version: version, isFlexible: isFlexible)
        return writer.bytes
    }

    /// - Parameter record: whose name an error has.
    static func version(
        of bytes: RawSpan, in record: any InternalTopicRecord.Type
    ) throws(ProtocolError) -> Int16 {
        try version(of: bytes, in: record as Any.Type)
    }

    private static func version(
        of bytes: RawSpan, in message: Any.Type
    ) throws(ProtocolError) -> Int16 {
        var reader = FieldReader(bytes, message: message, version: 0, isFlexible: false)
        var version: Int16 = 0
        try reader.integer("version", &version)
        return version
    }

    /// - Parameter firstFlexible: the first version that is flexible, if one is.
    static func decode<Fields: FieldSet>(
        _: Fields.Type, _ bytes: RawSpan, firstFlexible: Int16 = .max
    ) throws(ProtocolError) -> Fields {
        let version = try version(of: bytes, in: Fields.self)
        var reader = FieldReader(
            bytes, at: versionByteCount, message: Fields.self, version: version,
            isFlexible: version >= firstFlexible)
        var fields = Fields()
        try reader.structure(&fields)
        return fields
    }
}
