// DescribeGroups, versions 0–5, flexible from 5.

/// Asks for the state and the members of groups.
public struct DescribeGroupsRequest: Request {
    public typealias Response = DescribeGroupsResponse
    public static var apiKey: ApiKey { .describeGroups }

    public var groups: [String] = []
    public var includeAuthorizedOperations = false

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("Groups", &groups)
        try wire.field("IncludeAuthorizedOperations", &includeAuthorizedOperations, from: 3)
    }
}

/// The groups with their members.
public struct DescribeGroupsResponse: Response {
    public static var apiKey: ApiKey { .describeGroups }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var groups: [Group] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs, from: 1)
        try wire.field("Groups", &groups)
    }
}

extension DescribeGroupsResponse {
    public struct Group: FieldSet {
        public var errorCode = ErrorCode.none
        public var groupID = ""
        /// Kafka's name of it, such as `Stable`; empty if there is an error.
        public var groupState = ""
        public var protocolType = ""
        /// The assignor in use.
        public var protocolData = ""
        public var members: [Member] = []
        /// A bit for each operation; the smallest integer if the request did not ask for them.
        public var authorizedOperations: Int32 = .min

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("ErrorCode", &errorCode)
            try wire.field("GroupId", &groupID)
            try wire.field("GroupState", &groupState)
            try wire.field("ProtocolType", &protocolType)
            try wire.field("ProtocolData", &protocolData)
            try wire.field("Members", &members)
            try wire.field("AuthorizedOperations", &authorizedOperations, from: 3)
        }
    }

    public struct Member: FieldSet {
        public var memberID = ""
        public var groupInstanceID: String?
        public var clientID = ""
        public var clientHost = ""
        public var memberMetadata = OpaqueBytes()
        public var memberAssignment = OpaqueBytes()

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("MemberId", &memberID)
            try wire.field("GroupInstanceId", &groupInstanceID, from: 4)
            try wire.field("ClientId", &clientID)
            try wire.field("ClientHost", &clientHost)
            try wire.field("MemberMetadata", &memberMetadata)
            try wire.field("MemberAssignment", &memberAssignment)
        }
    }
}
