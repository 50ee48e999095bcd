import KafkaProtocol
import RecordFormat

// ShareSnapshot and ShareUpdate in `__share_group_state`: keys 0 and 1, which are not flexible, and values of
// version 0, which are. The snapshot's number says which snapshot an update belongs to.

/// The key of both.
struct ShareStateKeyFields: FieldSet {
    static let snapshot: Int16 = 0
    static let update: Int16 = 1

    var groupID = ""
    var topicID = TopicID.none
    var partition: Int32 = 0

    init() {}

    mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("GroupId", &groupID)
        try wire.field("TopicId", &topicID)
        try wire.field("Partition", &partition)
    }
}

/// All that is known of a share partition.
struct ShareSnapshotValue: FieldSet {
    static let version: Int16 = 0

    var snapshotEpoch: Int32 = 0
    var stateEpoch: Int32 = 0
    var leaderEpoch = LeaderEpoch.none
    /// −1 where the group has not begun to read, which Kafka writes.
    var startOffset: Int64 = -1
    var createTimestamp: Int64 = -1
    var writeTimestamp: Int64 = -1
    var stateBatches: [ShareStateBatch] = []
    /// How many offsets from the start offset on are done (KIP-1226).
    var deliveryCompleteCount: Int32?

    init() {}

    mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("SnapshotEpoch", &snapshotEpoch)
        try wire.field("StateEpoch", &stateEpoch)
        try wire.field("LeaderEpoch", &leaderEpoch)
        try wire.field("StartOffset", &startOffset)
        try wire.field("CreateTimestamp", &createTimestamp)
        try wire.field("WriteTimestamp", &writeTimestamp)
        try wire.field("StateBatches", &stateBatches)
        try wire.tagged(0, "DeliveryCompleteCount", &deliveryCompleteCount, from: 0)
    }
}

/// What has changed since the snapshot and the updates before.
struct ShareUpdateValue: FieldSet {
    static let version: Int16 = 0

    var snapshotEpoch: Int32 = 0
    var leaderEpoch = LeaderEpoch.none
    /// −1 where it has not changed.
    var startOffset: Int64 = -1
    var stateBatches: [ShareStateBatch] = []
    var deliveryCompleteCount: Int32?

    init() {}

    mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("SnapshotEpoch", &snapshotEpoch)
        try wire.field("LeaderEpoch", &leaderEpoch)
        try wire.field("StartOffset", &startOffset)
        try wire.field("StateBatches", &stateBatches)
        try wire.tagged(0, "DeliveryCompleteCount", &deliveryCompleteCount, from: 0)
    }
}

struct ShareStateBatch: FieldSet {
    var firstOffset: Int64 = 0
    /// Inclusive.
    var lastOffset: Int64 = 0
    /// `StoredDeliveryState`
    var deliveryState: Int8 = 0
    var deliveryCount: Int16 = 0

    init() {}

    mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("FirstOffset", &firstOffset)
        try wire.field("LastOffset", &lastOffset)
        try wire.field("DeliveryState", &deliveryState)
        try wire.field("DeliveryCount", &deliveryCount)
    }

    init(_ change: DeliveryChange) {
        firstOffset = change.first
        lastOffset = change.last
        deliveryState = change.state.rawValue
        deliveryCount = change.deliveryCount
    }

    /// Nil where the state is none of Kafka's. What Kafka was about to archive (3) is archived.
    var change: DeliveryChange? {
        let archiving: Int8 = 3
        let number =
            deliveryState == archiving ? StoredDeliveryState.archived.rawValue : deliveryState
        guard let state = StoredDeliveryState(rawValue: number) else { return nil }
        return DeliveryChange(
            first: firstOffset, last: lastOffset, state: state, deliveryCount: deliveryCount)
    }
}
