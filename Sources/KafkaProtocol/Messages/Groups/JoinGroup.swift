// JoinGroup, versions 0–9, flexible from 6.

/// Joins a group, or stays in it through a rebalance.
public struct JoinGroupRequest: Request {
    public typealias Response = JoinGroupResponse
    public static var apiKey: ApiKey { .joinGroup }

    public var groupID = ""
    public var sessionTimeoutMs: Int32 = 0
    /// Version 0 has none: its session timeout serves for both.
    public var rebalanceTimeoutMs: Int32 = -1
    /// Empty at first: from version 4 on the broker then assigns one, and the member joins again
    /// with it.
    public var memberID = ""
    /// Makes the member a static one.
    public var groupInstanceID: String?
    public var protocolType = ""
    /// In order of preference.
    public var protocols: [GroupProtocol] = []
    public var reason: String?

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("GroupId", &groupID)
        try wire.field("SessionTimeoutMs", &sessionTimeoutMs)
        try wire.field("RebalanceTimeoutMs", &rebalanceTimeoutMs, from: 1)
        try wire.field("MemberId", &memberID)
        try wire.field("GroupInstanceId", &groupInstanceID, from: 5)
        try wire.field("ProtocolType", &protocolType)
        try wire.field("Protocols", &protocols)
        try wire.field("Reason", &reason, from: 8)
    }
}

extension JoinGroupRequest {
    /// An assignor that the member could use.
    public struct GroupProtocol: FieldSet {
        public var name = ""
        public var metadata = OpaqueBytes()

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Name", &name)
            try wire.field("Metadata", &metadata)
        }
    }
}

/// The generation that the member is now in.
public struct JoinGroupResponse: Response {
    public static var apiKey: ApiKey { .joinGroup }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var errorCode = ErrorCode.none
    public var generationID: Int32 = -1
    public var protocolType: String?
    /// The chosen assignor. With an error it is null from version 7 on, and empty before.
    public var protocolName: String? = ""
    public var leader = ""
    /// The leader keeps the current assignment.
    public var skipAssignment = false
    public var memberID = ""
    /// All members, for the leader, who assigns partitions to them; empty for others.
    public var members: [Member] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs, from: 2)
        try wire.field("ErrorCode", &errorCode)
        try wire.field("GenerationId", &generationID)
        try wire.field("ProtocolType", &protocolType, from: 7)
        try wire.field("ProtocolName", &protocolName, nullableFrom: 7)
        try wire.field("Leader", &leader)
        try wire.field("SkipAssignment", &skipAssignment, from: 9)
        try wire.field("MemberId", &memberID)
        try wire.field("Members", &members)
    }
}

extension JoinGroupResponse {
    public struct Member: FieldSet {
        public var memberID = ""
        public var groupInstanceID: String?
        public var metadata = OpaqueBytes()

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("MemberId", &memberID)
            try wire.field("GroupInstanceId", &groupInstanceID, from: 5)
            try wire.field("Metadata", &metadata)
        }
    }
}
