import KafkaProtocol
import RecordFormat

/// One record of `__share_group_state`.
///
///     key:   type i16 (0 snapshot, 1 update) | ShareStateKeyFields
///     value: version i16 | ShareSnapshotValue or ShareUpdateValue, or null where the state is deleted
struct ShareStateRecord: InternalTopicRecord, Sendable, Equatable {
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

    func encoded() throws(ProtocolError) -> (key: [UInt8], value: [UInt8]?) {
        var fields = ShareStateKeyFields()
        fields.groupID = key.group
        fields.topicID = key.topicID
        fields.partition = key.partition
        func encodedKey(_ type: Int16) throws(ProtocolError) -> [UInt8] {
            try VersionedFields.encode(fields, type)
        }
        switch content {
        case .snapshot(let value):
            return (
                try encodedKey(ShareStateKeyFields.snapshot),
                try VersionedFields.encode(value, ShareSnapshotValue.version, isFlexible: true)
            )
        case .update(let value):
            return (
                try encodedKey(ShareStateKeyFields.update),
                try VersionedFields.encode(value, ShareUpdateValue.version, isFlexible: true)
            )
        case .deleted: return (try encodedKey(ShareStateKeyFields.snapshot), nil)
        }
    }

    /// Reads a record; nil where it is of a type or version that is not known. Throws where the
    /// bytes are not what they say they are.
    init?(key: RawSpan, value: RawSpan?) throws(ProtocolError) {
        let type = try VersionedFields.version(of: key, in: Self.self)
        guard type == ShareStateKeyFields.snapshot || type == ShareStateKeyFields.update else {
            return nil
        }
        let fields = try VersionedFields.decode(ShareStateKeyFields.self, key)
        self.key = SharePartitionKey(
            group: fields.groupID, topicID: fields.topicID, partition: fields.partition)
        guard let value else {
            guard type == ShareStateKeyFields.snapshot else { return nil }
            content = .deleted
            return
        }
        guard
            try VersionedFields.version(of: value, in: Self.self) == ShareSnapshotValue.version
        else { return nil }
        if type == ShareStateKeyFields.snapshot {
            content = .snapshot(
                try VersionedFields.decode(
                    ShareSnapshotValue.self, value, firstFlexible: ShareSnapshotValue.version))
        } else {
            content = .update(
                try VersionedFields.decode(
                    ShareUpdateValue.self, value, firstFlexible: ShareUpdateValue.version))
        }
    }
}
