// ListGroups, versions 0–5, flexible from 3. From 4 on groups have states, from 5 on types.

/// Asks which groups there are.
public struct ListGroupsRequest: Request {
    public typealias Response = ListGroupsResponse
    public static var apiKey: ApiKey { .listGroups }

    /// Empty: groups in any state.
    public var statesFilter: [String] = []
    /// Empty: groups of any type.
    public var typesFilter: [String] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("StatesFilter", &statesFilter, from: 4)
        try wire.field("TypesFilter", &typesFilter, from: 5)
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
        /// The protocol of its members, such as `classic`.
        public var groupType = ""

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("GroupId", &groupID)
            try wire.field("ProtocolType", &protocolType)
            try wire.field("GroupState", &groupState, from: 4)
            try wire.field("GroupType", &groupType, from: 5)
        }
    }
}
