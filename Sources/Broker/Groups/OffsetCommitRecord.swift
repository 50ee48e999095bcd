import KafkaProtocol
import RecordFormat

// OffsetCommit in `__consumer_offsets`: key versions 0 and 1, which are the same; value versions
// 0–3, and 4 (flexible) for reading. Value version 3 is written, or 1 for an offset with an expiry
// of its own, which only that version has.

/// The key of one partition's committed offset.
struct OffsetCommitKey: FieldSet {
    static let writtenVersion: Int16 = 1
    static let readVersions: ClosedRange<Int16> = 0...1

    var group = ""
    var topic = ""
    var partition: Int32 = 0

    init() {}

    init(group: String, _ topicPartition: TopicPartition) {
        self.group = group
        topic = topicPartition.topic
        partition = topicPartition.partition
    }

    mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("group", &group)
        try wire.field("topic", &topic)
        try wire.field("partition", &partition)
    }
}

/// How far a group has come in a partition.
struct OffsetCommitValue: FieldSet {
    static let writtenVersion: Int16 = 3
    static let expiringVersion: Int16 = 1
    static let readVersions: ClosedRange<Int16> = 0...4
    static let firstFlexibleVersion: Int16 = 4

    var offset = Offset.zero
    var leaderEpoch = LeaderEpoch.none
    var metadata = ""
    /// Milliseconds since 1970, both; an expiry of −1 is none.
    var commitTimestamp: Int64 = -1
    var expireTimestamp: Int64 = -1

    init() {}

    mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("offset", &offset)
        try wire.field("leaderEpoch", &leaderEpoch, from: 3)
        try wire.field("metadata", &metadata)
        try wire.field("commitTimestamp", &commitTimestamp)
        try wire.field("expireTimestamp", &expireTimestamp, from: 1, through: 1)
    }
}
