// SyncGroup, versions 0–5, flexible from 4.

/// Waits for the assignment; the leader sends it.
public struct SyncGroupRequest: Request {
    public typealias Response = SyncGroupResponse
    public static var apiKey: ApiKey { .syncGroup }

    public var groupID = ""
    public var generationID: Int32 = 0
    public var memberID = ""
    public var groupInstanceID: String?
    public var protocolType: String?
    public var protocolName: String?
    /// From the leader alone.
    public var assignments: [Assignment] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("GroupId", &groupID)
        try wire.field("GenerationId", &generationID)
        try wire.field("MemberId", &memberID)
        try wire.field("GroupInstanceId", &groupInstanceID, from: 3)
        try wire.field("ProtocolType", &protocolType, from: 5)
        try wire.field("ProtocolName", &protocolName, from: 5)
        try wire.field("Assignments", &assignments)
    }
}

extension SyncGroupRequest {
    public struct Assignment: FieldSet {
        public var memberID = ""
        public var assignment = OpaqueBytes()

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("MemberId", &memberID)
            try wire.field("Assignment", &assignment)
        }
    }
}

/// The member's assignment.
public struct SyncGroupResponse: Response {
    public static var apiKey: ApiKey { .syncGroup }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var errorCode = ErrorCode.none
    public var protocolType: String?
    public var protocolName: String?
    public var assignment = OpaqueBytes()

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs, from: 1)
        try wire.field("ErrorCode", &errorCode)
        try wire.field("ProtocolType", &protocolType, from: 5)
        try wire.field("ProtocolName", &protocolName, from: 5)
        try wire.field("Assignment", &assignment)
    }
}
