// ConsumerProtocolSubscription, versions 0–3, never flexible. It is no request: members of groups
// of the type `consumer` send it to each other, as the metadata of a protocol in JoinGroup.

/// What a group member wants to consume, and what it still owns.
public struct ConsumerProtocolSubscription: GroupMemberMessage {
    public static var latestVersion: Int16 { 3 }

    public var topics: [String] = []
    /// The assignor's own; many members write no bytes where they mean null.
    public var userData: OpaqueBytes?
    /// Empty from members that gave up everything before they joined.
    public var ownedPartitions: [ConsumerProtocolTopic] = []
    /// In which the partitions were assigned; −1 where the member does not say.
    public var generationID: Int32 = -1
    public var rackID: String?

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("Topics", &topics)
        try wire.field("UserData", &userData)
        try wire.field("OwnedPartitions", &ownedPartitions, from: 1)
        try wire.field("GenerationId", &generationID, from: 2)
        try wire.field("RackId", &rackID, from: 3)
    }
}

/// Partitions of one topic.
public struct ConsumerProtocolTopic: FieldSet {
    public var topic = ""
    public var partitions: [Int32] = []

    public init() {}

    public init(topic: String, partitions: [Int32]) {
        self.topic = topic
        self.partitions = partitions
    }

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("Topic", &topic)
        try wire.field("Partitions", &partitions)
    }
}
