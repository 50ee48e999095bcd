// Heartbeat, versions 0–4, flexible from 4.

/// Says that a member is alive.
public struct HeartbeatRequest: Request {
    public typealias Response = HeartbeatResponse
    public static var apiKey: ApiKey { .heartbeat }

    public var groupID = ""
    public var generationID: Int32 = 0
    public var memberID = ""
    public var groupInstanceID: String?

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("GroupId", &groupID)
        try wire.field("GenerationId", &generationID)
        try wire.field("MemberId", &memberID)
        try wire.field("GroupInstanceId", &groupInstanceID, from: 3)
    }
}

/// Whether the member may go on, or has to rejoin.
public struct HeartbeatResponse: Response {
    public static var apiKey: ApiKey { .heartbeat }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var errorCode = ErrorCode.none

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs, from: 1)
        try wire.field("ErrorCode", &errorCode)
    }
}
