// DeleteGroups, versions 0–2, flexible from 2.

/// Deletes groups without members, with their committed offsets.
public struct DeleteGroupsRequest: Request {
    public typealias Response = DeleteGroupsResponse
    public static var apiKey: ApiKey { .deleteGroups }

    public var groupsNames: [String] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("GroupsNames", &groupsNames)
    }
}

/// Whether each was deleted.
public struct DeleteGroupsResponse: Response {
    public static var apiKey: ApiKey { .deleteGroups }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var results: [Group] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs)
        try wire.field("Results", &results)
    }
}

extension DeleteGroupsResponse {
    public struct Group: FieldSet {
        public var groupID = ""
        public var errorCode = ErrorCode.none

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("GroupId", &groupID)
            try wire.field("ErrorCode", &errorCode)
        }
    }
}
