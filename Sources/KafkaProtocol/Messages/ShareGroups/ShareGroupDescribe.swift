// ShareGroupDescribe, version 1, flexible. Version 0 was Kafka 4.0's early access, and no client speaks it.

import RecordFormat

/// Asks for the state and the members of share groups (KIP-932).
public struct ShareGroupDescribeRequest: Request {
    public typealias Response = ShareGroupDescribeResponse
    public static var apiKey: ApiKey { .shareGroupDescribe }

    public var groupIDs: [String] = []
    public var includeAuthorizedOperations = false

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("GroupIds", &groupIDs)
        try wire.field("IncludeAuthorizedOperations", &includeAuthorizedOperations)
    }
}

/// The groups with their members.
public struct ShareGroupDescribeResponse: Response {
    public static var apiKey: ApiKey { .shareGroupDescribe }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var groups: [Group] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs)
        try wire.field("Groups", &groups)
    }
}

extension ShareGroupDescribeResponse {
    /// Partitions by topic, as ConsumerGroupDescribe has them.
    public typealias Assignment = ConsumerGroupDescribeResponse.Assignment

    public struct Group: FieldSet {
        public var errorCode = ErrorCode.none
        public var errorMessage: String?
        public var groupID = ""
        /// Kafka's name of it, such as `Stable`; empty if there is an error.
        public var groupState = ""
        public var groupEpoch: Int32 = 0
        public var assignmentEpoch: Int32 = 0
        public var assignorName = ""
        public var members: [Member] = []
        /// A bit for each operation; the smallest integer if the request did not ask for them.
        public var authorizedOperations: Int32 = .min

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("ErrorCode", &errorCode)
            try wire.field("ErrorMessage", &errorMessage)
            try wire.field("GroupId", &groupID)
            try wire.field("GroupState", &groupState)
            try wire.field("GroupEpoch", &groupEpoch)
            try wire.field("AssignmentEpoch", &assignmentEpoch)
            try wire.field("AssignorName", &assignorName)
            try wire.field("Members", &members)
            try wire.field("AuthorizedOperations", &authorizedOperations)
        }
    }

    public struct Member: FieldSet {
        public var memberID = ""
        public var rackID: String?
        public var memberEpoch: Int32 = 0
        public var clientID = ""
        public var clientHost = ""
        public var subscribedTopicNames: [String] = []
        public var assignment = Assignment()

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("MemberId", &memberID)
            try wire.field("RackId", &rackID)
            try wire.field("MemberEpoch", &memberEpoch)
            try wire.field("ClientId", &clientID)
            try wire.field("ClientHost", &clientHost)
            try wire.field("SubscribedTopicNames", &subscribedTopicNames)
            try wire.structure("Assignment", &assignment)
        }
    }
}
