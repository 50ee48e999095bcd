import KafkaProtocol
import RecordFormat

/// One record of `__consumer_offsets`: what it is about, and its value, or null for its end.
///
///     key:   version i16 | OffsetCommitKey (0, 1), GroupMetadataKey (2), or of a ReconciledGroupRecord or
///            ShareGroupRecord
///     value: version i16 | OffsetCommitValue, GroupMetadataValue, or of one of those
enum OffsetsTopicRecord: Sendable, Equatable {
    case offset(group: String, TopicPartition, CommittedOffset?)
    case group(String, GroupMetadataValue?)
    case reconciled(group: String, ReconciledGroupRecord)
    case share(group: String, ShareGroupRecord)

    /// The group that it is about.
    var group: String {
        switch self {
        case .offset(let group, _, _), .group(let group, _), .reconciled(let group, _),
            .share(let group, _):
            group
        }
    }

    /// Its key and its value as they are written. Throws where a string is longer than Kafka's
    /// encoding can be.
    func encoded() throws(ProtocolError) -> (key: [UInt8], value: [UInt8]?) {
        switch self {
        case .offset(let group, let topicPartition, let offset):
            let key = OffsetCommitKey(group: group, topicPartition)
            return (
                try Self.encode(key, OffsetCommitKey.writtenVersion),
                try offset.map { (offset) throws(ProtocolError) in
                    try Self.encode(offset.recordValue, offset.recordVersion)
                }
            )
        case .group(let group, let value):
            return (
                try Self.encode(GroupMetadataKey(group: group), GroupMetadataKey.version),
                try value.map { (value) throws(ProtocolError) in
                    try Self.encode(value, GroupMetadataValue.writtenVersion)
                }
            )
        case .reconciled(let group, let record):
            return (
                try Self.encode(record.key(group: group), record.keyVersion),
                try record.value.map { (value) throws(ProtocolError) in
                    try Self.encode(value, ReconciledGroupRecord.valueVersion, isFlexible: true)
                }
            )
        case .share(let group, let record):
            return (
                try Self.encode(record.key(group: group), record.keyVersion),
                try record.value.map { (value) throws(ProtocolError) in
                    try Self.encode(value, ShareGroupRecord.valueVersion, isFlexible: true)
                }
            )
        }
    }

    /// Reads a record; nil where it is of a kind that Weir does not write and need not know, such
    /// as those of streams groups. `value` is nil for a tombstone. Throws where the
    /// bytes are not what they say they are.
    init?(key: RawSpan, value: RawSpan?) throws(ProtocolError) {
        switch try Self.version(of: key) {
        case OffsetCommitKey.readVersions:
            let fields = try Self.decode(OffsetCommitKey.self, key)
            let topicPartition = TopicPartition(topic: fields.topic, partition: fields.partition)
            guard let value else {
                self = .offset(group: fields.group, topicPartition, nil)
                return
            }
            guard OffsetCommitValue.readVersions.contains(try Self.version(of: value)) else {
                return nil
            }
            let offset = try Self.decode(
                OffsetCommitValue.self, value,
                firstFlexible: OffsetCommitValue.firstFlexibleVersion)
            self = .offset(group: fields.group, topicPartition, CommittedOffset(offset))
        case GroupMetadataKey.version:
            let fields = try Self.decode(GroupMetadataKey.self, key)
            guard let value else {
                self = .group(fields.group, nil)
                return
            }
            guard GroupMetadataValue.readVersions.contains(try Self.version(of: value)) else {
                return nil
            }
            self = .group(
                fields.group,
                try Self.decode(
                    GroupMetadataValue.self, value,
                    firstFlexible: GroupMetadataValue.firstFlexibleVersion))
        case let version where ReconciledGroupRecord.keyVersions.contains(version):
            if let value {
                guard try Self.version(of: value) == ReconciledGroupRecord.valueVersion else {
                    return nil
                }
            }
            self = try ReconciledGroupRecord.read(key: key, value: value)
        case let version where ShareGroupRecord.keyVersions.contains(version):
            if let value {
                guard try Self.version(of: value) == ShareGroupRecord.valueVersion else {
                    return nil
                }
            }
            self = try ShareGroupRecord.read(key: key, value: value)
        default:
            return nil
        }
    }

    private static let versionByteCount = 2

    private static func encode(
        _ fields: some FieldSet, _ version: Int16, isFlexible: Bool = false
    ) throws(ProtocolError) -> [UInt8] {
        var writer = FieldWriter()
        var prefix = version
        try writer.integer("version", &prefix)
        try writer.append(structure: fields, version: version, isFlexible: isFlexible)
        return writer.bytes
    }

    static func version(of bytes: RawSpan) throws(ProtocolError) -> Int16 {
        var reader = FieldReader(
            bytes, message: OffsetsTopicRecord.self, version: 0, isFlexible: false)
        var version: Int16 = 0
        try reader.integer("version", &version)
        return version
    }

    static func decode<Fields: FieldSet>(
        _: Fields.Type, _ bytes: RawSpan, firstFlexible: Int16 = .max
    ) throws(ProtocolError) -> Fields {
        let version = try version(of: bytes)
        var reader = FieldReader(
            bytes, at: versionByteCount, message: Fields.self, version: version,
            isFlexible: version >= firstFlexible)
        var fields = Fields()
        try reader.structure(&fields)
        return fields
    }
}
