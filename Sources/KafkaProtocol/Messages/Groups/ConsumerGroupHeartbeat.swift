// ConsumerGroupHeartbeat, versions 0–1, flexible. From 1 on a subscription may be a regular expression,
// and members name themselves (KIP-1082).

import RecordFormat

/// A member of a group of the consumer protocol (KIP-848) joins, stays, or leaves.
public struct ConsumerGroupHeartbeatRequest: Request {
    public typealias Response = ConsumerGroupHeartbeatResponse
    public static var apiKey: ApiKey { .consumerGroupHeartbeat }

    public var groupID = ""
    public var memberID = ""
    /// 0 joins, −1 leaves, −2 says that a static member will come back.
    public var memberEpoch: Int32 = 0
    /// The following are null, or −1, where they have not changed since the last heartbeat.
    public var instanceID: String?
    public var rackID: String?
    public var rebalanceTimeoutMs: Int32 = -1
    public var subscribedTopicNames: [String]?
    public var subscribedTopicRegex: String?
    public var serverAssignor: String?
    /// What the member owns.
    public var topicPartitions: [TopicIDPartitions]?

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("GroupId", &groupID)
        try wire.field("MemberId", &memberID)
        try wire.field("MemberEpoch", &memberEpoch)
        try wire.field("InstanceId", &instanceID)
        try wire.field("RackId", &rackID)
        try wire.field("RebalanceTimeoutMs", &rebalanceTimeoutMs)
        try wire.field("SubscribedTopicNames", &subscribedTopicNames)
        try wire.field("SubscribedTopicRegex", &subscribedTopicRegex, from: 1)
        try wire.field("ServerAssignor", &serverAssignor)
        try wire.field("TopicPartitions", &topicPartitions)
    }
}

/// Partitions of one topic, which has an id.
public struct TopicIDPartitions: FieldSet {
    public var topicID = TopicID.none
    public var partitions: [Int32] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("TopicId", &topicID)
        try wire.field("Partitions", &partitions)
    }
}

/// What the member may consume.
public struct ConsumerGroupHeartbeatResponse: Response {
    public static var apiKey: ApiKey { .consumerGroupHeartbeat }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var errorCode = ErrorCode.none
    public var errorMessage: String?
    public var memberID: String?
    public var memberEpoch: Int32 = 0
    public var heartbeatIntervalMs: Int32 = 0
    /// Null where it has not changed.
    public var assignment: Assignment?

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs)
        try wire.field("ErrorCode", &errorCode)
        try wire.field("ErrorMessage", &errorMessage)
        try wire.field("MemberId", &memberID)
        try wire.field("MemberEpoch", &memberEpoch)
        try wire.field("HeartbeatIntervalMs", &heartbeatIntervalMs)
        try wire.structure("Assignment", orNull: &assignment)
    }
}

extension ConsumerGroupHeartbeatResponse {
    public struct Assignment: FieldSet {
        public var topicPartitions: [TopicIDPartitions] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("TopicPartitions", &topicPartitions)
        }
    }
}
