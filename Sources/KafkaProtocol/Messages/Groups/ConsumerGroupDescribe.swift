// ConsumerGroupDescribe, versions 0–1, flexible. From 1 on a member has a type.

import RecordFormat

/// Asks for the state and the members of groups of the consumer protocol (KIP-848).
public struct ConsumerGroupDescribeRequest: Request {
    public typealias Response = ConsumerGroupDescribeResponse
    public static var apiKey: ApiKey { .consumerGroupDescribe }

    public var groupIDs: [String] = []
    public var includeAuthorizedOperations = false

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("GroupIds", &groupIDs)
        try wire.field("IncludeAuthorizedOperations", &includeAuthorizedOperations)
    }
}

/// The groups with their members.
public struct ConsumerGroupDescribeResponse: Response {
    public static var apiKey: ApiKey { .consumerGroupDescribe }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var groups: [Group] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs)
        try wire.field("Groups", &groups)
    }
}

extension ConsumerGroupDescribeResponse {
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
        public var instanceID: String?
        public var rackID: String?
        public var memberEpoch: Int32 = 0
        public var clientID = ""
        public var clientHost = ""
        public var subscribedTopicNames: [String] = []
        public var subscribedTopicRegex: String?
        public var assignment = Assignment()
        public var targetAssignment = Assignment()
        /// 0 for the classic protocol, 1 for the consumer protocol, −1 if not known.
        public var memberType: Int8 = -1

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("MemberId", &memberID)
            try wire.field("InstanceId", &instanceID)
            try wire.field("RackId", &rackID)
            try wire.field("MemberEpoch", &memberEpoch)
            try wire.field("ClientId", &clientID)
            try wire.field("ClientHost", &clientHost)
            try wire.field("SubscribedTopicNames", &subscribedTopicNames)
            try wire.field("SubscribedTopicRegex", &subscribedTopicRegex)
            try wire.structure("Assignment", &assignment)
            try wire.structure("TargetAssignment", &targetAssignment)
            try wire.field("MemberType", &memberType, from: 1)
        }
    }

    public struct Assignment: FieldSet {
        public var topicPartitions: [TopicPartitions] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("TopicPartitions", &topicPartitions)
        }
    }

    public struct TopicPartitions: FieldSet {
        public var topicID = TopicID.none
        public var topicName = ""
        public var partitions: [Int32] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("TopicId", &topicID)
            try wire.field("TopicName", &topicName)
            try wire.field("Partitions", &partitions)
        }
    }
}
