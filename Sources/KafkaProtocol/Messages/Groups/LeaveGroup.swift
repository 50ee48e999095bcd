// LeaveGroup, versions 0–5, flexible from 4. Up to version 2 one member, from 3 several.

/// Takes members out of a group.
public struct LeaveGroupRequest: Request {
    public typealias Response = LeaveGroupResponse
    public static var apiKey: ApiKey { .leaveGroup }

    public var groupID = ""
    public var memberID = ""
    public var members: [Member] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("GroupId", &groupID)
        try wire.field("MemberId", &memberID, through: 2)
        try wire.field("Members", &members, from: 3)
    }
}

extension LeaveGroupRequest {
    public struct Member: FieldSet {
        public var memberID = ""
        public var groupInstanceID: String?
        public var reason: String?

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("MemberId", &memberID)
            try wire.field("GroupInstanceId", &groupInstanceID)
            try wire.field("Reason", &reason, from: 5)
        }
    }
}

/// Whether each member has left.
public struct LeaveGroupResponse: Response {
    public static var apiKey: ApiKey { .leaveGroup }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var errorCode = ErrorCode.none
    public var members: [Member] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs, from: 1)
        try wire.field("ErrorCode", &errorCode)
        try wire.field("Members", &members, from: 3)
    }
}

extension LeaveGroupResponse {
    public struct Member: FieldSet {
        public var memberID = ""
        public var groupInstanceID: String? = ""
        public var errorCode = ErrorCode.none

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("MemberId", &memberID)
            try wire.field("GroupInstanceId", &groupInstanceID)
            try wire.field("ErrorCode", &errorCode)
        }
    }
}
