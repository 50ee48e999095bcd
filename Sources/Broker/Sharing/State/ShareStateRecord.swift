import KafkaProtocol
import RecordFormat

/// One record of `__share_group_state`.
///
///     key:   type i16 (0 snapshot, 1 update) | ShareStateKeyFields
///     value: version i16 | ShareSnapshotValue or ShareUpdateValue, or null where the state is deleted
struct ShareStateRecord: Sendable, Equatable {
    enum Content: Sendable, Equatable {
        case snapshot(ShareSnapshotValue)
        case update(ShareUpdateValue)
        /// A snapshot's tombstone.
        case deleted
    }

    var key: SharePartitionKey
    var content: Content

    init(_ key: SharePartitionKey, _ content: Content) {
        self.key = key
        self.content = content
    }

    /// Throws where the group's name is longer than Kafka's encoding can be.
    func encoded() throws(ProtocolError) -> (key: [UInt8], value: [UInt8]?) {
        var fields = ShareStateKeyFields()
        fields.groupID = key.group
        fields.topicID = key.topicID
        fields.partition = key.partition
        func encodedKey(_ type: Int16) throws(ProtocolError) -> [UInt8] {
            try Self.encode(fields, prefix: type, isFlexible: false)
        }
        switch content {
        case .snapshot(let value):
            return (
                try encodedKey(ShareStateKeyFields.snapshot),
                try Self.encode(value, prefix: ShareSnapshotValue.version)
            )
        case .update(let value):
            return (
                try encodedKey(ShareStateKeyFields.update),
                try Self.encode(value, prefix: ShareUpdateValue.version)
            )
        case .deleted: return (try encodedKey(ShareStateKeyFields.snapshot), nil)
        }
    }

    /// Reads a record; nil where it is of a type or version that is not known. Throws where the
    /// bytes are not what they say they are.
    init?(key: RawSpan, value: RawSpan?) throws(ProtocolError) {
        let type = try Self.number(of: key)
        guard type == ShareStateKeyFields.snapshot || type == ShareStateKeyFields.update else {
            return nil
        }
        let fields = try Self.decode(ShareStateKeyFields.self, key, isFlexible: false)
        self.key = SharePartitionKey(
            group: fields.groupID, topicID: fields.topicID, partition: fields.partition)
        guard let value else {
            guard type == ShareStateKeyFields.snapshot else { return nil }
            content = .deleted
            return
        }
        guard try Self.number(of: value) == ShareSnapshotValue.version else { return nil }
        if type == ShareStateKeyFields.snapshot {
            content = .snapshot(try Self.decode(ShareSnapshotValue.self, value, isFlexible: true))
        } else {
            content = .update(try Self.decode(ShareUpdateValue.self, value, isFlexible: true))
        }
    }

    private static let numberByteCount = 2

    private static func encode<Fields: FieldSet>(
        _ fields: Fields, prefix: Int16, isFlexible: Bool = true
    ) throws(ProtocolError) -> [UInt8] {
        var writer = FieldWriter()
        var prefix = prefix
        try writer.integer("version", &prefix)
        try writer.append(structure: fields, version: 0, isFlexible: isFlexible)
        return writer.bytes
    }

    private static func number(of bytes: RawSpan) throws(ProtocolError) -> Int16 {
        var reader = FieldReader(
            bytes, message: ShareStateKeyFields.self, version: 0, isFlexible: false)
        var number: Int16 = 0
        try reader.integer("version", &number)
        return number
    }

    private static func decode<Fields: FieldSet>(
        _: Fields.Type, _ bytes: RawSpan, isFlexible: Bool
    ) throws(ProtocolError) -> Fields {
        var reader = FieldReader(
            bytes, at: numberByteCount, message: Fields.self, version: 0, isFlexible: isFlexible)
        var fields = Fields()
        try reader.structure(&fields)
        return fields
    }
}
