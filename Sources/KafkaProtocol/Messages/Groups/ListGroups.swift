// ListGroups, versions 0–4, flexible from 3.

/// Asks which groups there are.
public struct ListGroupsRequest: Request {
    public typealias Response = ListGroupsResponse
    public static var apiKey: ApiKey { .listGroups }

    /// Empty: groups in any state.
    public var statesFilter: [String] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("StatesFilter", &statesFilter, from: 4)
    }
}

/// The groups of this broker.
public struct ListGroupsResponse: Response {
    public static var apiKey: ApiKey { .listGroups }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var errorCode = ErrorCode.none
    public var groups: [Group] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs, from: 1)
        try wire.field("ErrorCode", &errorCode)
        try wire.field("Groups", &groups)
    }
}

extension ListGroupsResponse {
    public struct Group: FieldSet {
        public var groupID = ""
        public var protocolType = ""
        public var groupState = ""

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("GroupId", &groupID)
            try wire.field("ProtocolType", &protocolType)
            try wire.field("GroupState", &groupState, from: 4)
        }
    }
}
