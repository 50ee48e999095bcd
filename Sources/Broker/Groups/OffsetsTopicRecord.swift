import KafkaProtocol
import RecordFormat

/// One record of `__consumer_offsets`: what it is about, and its value, or null for its end.
///
///     key:   version i16 | OffsetCommitKey (0, 1), GroupMetadataKey (2), or of a ReconciledGroupRecord or
///            ShareGroupRecord
///     value: version i16 | OffsetCommitValue, GroupMetadataValue, or of one of those
enum OffsetsTopicRecord: InternalTopicRecord, Sendable, Equatable {
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

    func encoded() throws(ProtocolError) -> (key: [UInt8], value: [UInt8]?) {
        switch self {
        case .offset(let group, let topicPartition, let offset):
            let key = OffsetCommitKey(group: group, topicPartition)
            return (
                try VersionedFields.encode(key, OffsetCommitKey.writtenVersion),
                try offset.map { (offset) throws(ProtocolError) in
                    try VersionedFields.encode(offset.recordValue, offset.recordVersion)
                }
            )
        case .group(let group, let value):
            return (
                try VersionedFields.encode(
                    GroupMetadataKey(group: group), GroupMetadataKey.version),
                try value.map { (value) throws(ProtocolError) in
                    try VersionedFields.encode(value, GroupMetadataValue.writtenVersion)
                }
            )
        case .reconciled(let group, let record):
            return (
                try VersionedFields.encode(record.key(group: group), record.keyVersion),
                try record.value.map { (value) throws(ProtocolError) in
                    try VersionedFields.encode(
                        value, ReconciledGroupRecord.valueVersion, isFlexible: true)
                }
            )
        case .share(let group, let record):
            return (
                try VersionedFields.encode(record.key(group: group), record.keyVersion),
                try record.value.map { (value) throws(ProtocolError) in
                    try VersionedFields.encode(
                        value, ShareGroupRecord.valueVersion, isFlexible: true)
                }
            )
        }
    }

    /// Reads a record; nil where it is of a kind that Weir does not write and need not know, such
    /// as those of streams groups. `value` is nil for a tombstone. Throws where the
    /// bytes are not what they say they are.
    init?(key: RawSpan, value: RawSpan?) throws(ProtocolError) {
        switch try VersionedFields.version(of: key, in: Self.self) {
        case OffsetCommitKey.readVersions:
            let fields = try VersionedFields.decode(OffsetCommitKey.self, key)
            let topicPartition = TopicPartition(topic: fields.topic, partition: fields.partition)
            guard let value else {
                self = .offset(group: fields.group, topicPartition, nil)
                return
            }
            guard
                OffsetCommitValue.readVersions.contains(
                    try VersionedFields.version(of: value, in: Self.self))
            else {
                return nil
            }
            let offset = try VersionedFields.decode(
                OffsetCommitValue.self, value,
                firstFlexible: OffsetCommitValue.firstFlexibleVersion)
            self = .offset(group: fields.group, topicPartition, CommittedOffset(offset))
        case GroupMetadataKey.version:
            let fields = try VersionedFields.decode(GroupMetadataKey.self, key)
            guard let value else {
                self = .group(fields.group, nil)
                return
            }
            guard
                GroupMetadataValue.readVersions.contains(
                    try VersionedFields.version(of: value, in: Self.self))
            else {
                return nil
            }
            self = .group(
                fields.group,
                try VersionedFields.decode(
                    GroupMetadataValue.self, value,
                    firstFlexible: GroupMetadataValue.firstFlexibleVersion))
        case let version where ReconciledGroupRecord.keyVersions.contains(version):
            if let value {
                guard
                    try VersionedFields.version(of: value, in: Self.self)
                        == ReconciledGroupRecord.valueVersion
                else {
                    return nil
                }
            }
            self = try ReconciledGroupRecord.read(key: key, value: value)
        case let version where ShareGroupRecord.keyVersions.contains(version):
            if let value {
                guard
                    try VersionedFields.version(of: value, in: Self.self)
                        == ShareGroupRecord.valueVersion
                else {
                    return nil
                }
            }
            self = try ShareGroupRecord.read(key: key, value: value)
        default:
            return nil
        }
    }
}
