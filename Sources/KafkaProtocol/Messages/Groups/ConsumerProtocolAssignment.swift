// ConsumerProtocolAssignment, versions 0–3, never flexible. It is no request: the leader of a group
// of the type `consumer` sends it to each member, in SyncGroup.

/// The partitions that a group member is to consume.
public struct ConsumerProtocolAssignment: GroupMemberMessage {
    public static var latestVersion: Int16 { 3 }

    public var assignedPartitions: [ConsumerProtocolTopic] = []
    public var userData: OpaqueBytes?

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("AssignedPartitions", &assignedPartitions)
        try wire.field("UserData", &userData)
    }
}
