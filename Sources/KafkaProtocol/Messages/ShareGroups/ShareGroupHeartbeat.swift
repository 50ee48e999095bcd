// ShareGroupHeartbeat, version 1, flexible. Version 0 was Kafka 4.0's early access, and no client speaks it.

import RecordFormat

/// A member of a share group (KIP-932) joins, stays, or leaves. Members name themselves.
public struct ShareGroupHeartbeatRequest: Request {
    public typealias Response = ShareGroupHeartbeatResponse
    public static var apiKey: ApiKey { .shareGroupHeartbeat }

    public var groupID = ""
    public var memberID = ""
    /// 0 joins, −1 leaves.
    public var memberEpoch: Int32 = 0
    /// The following are null where they have not changed since the last heartbeat.
    public var rackID: String?
    public var subscribedTopicNames: [String]?

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("GroupId", &groupID)
        try wire.field("MemberId", &memberID)
        try wire.field("MemberEpoch", &memberEpoch)
        try wire.field("RackId", &rackID)
        try wire.field("SubscribedTopicNames", &subscribedTopicNames)
    }
}

/// The partitions of which the member may fetch records.
public struct ShareGroupHeartbeatResponse: Response {
    public static var apiKey: ApiKey { .shareGroupHeartbeat }

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

extension ShareGroupHeartbeatResponse {
    public struct Assignment: FieldSet {
        public var topicPartitions: [TopicIDPartitions] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("TopicPartitions", &topicPartitions)
        }
    }
}
