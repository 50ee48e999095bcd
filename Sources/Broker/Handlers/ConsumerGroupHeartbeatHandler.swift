import KafkaProtocol

// ConsumerGroupHeartbeat, versions 0–1. Deviations from Kafka: racks are kept and not looked at; an
// assignment is made at once, and a regular expression resolved before the answer, both of which Kafka may
// put off; a group of librdkafka's sticky assignor is upgraded, too; `TopicPattern` says which expressions are
// refused.

struct ConsumerGroupHeartbeatHandler: RequestHandler {
    let groups: GroupCoordinator

    /// From here on members name themselves.
    private static let firstVersionWithOwnIDs: Int16 = 1

    func handle(
        _ request: ConsumerGroupHeartbeatRequest, _ context: RequestContext,
        _ reply: Reply<ConsumerGroupHeartbeatResponse>
    ) {
        do throws(GroupRefusal) {
            try authorize(request, context)
            try Self.validate(
                request, namesItself: context.version >= Self.firstVersionWithOwnIDs, groups.config)
        } catch {
            return reply(.failure(error))
        }
        var event = ConsumerHeartbeat(
            request: request, clientID: context.clientID, clientHost: context.clientHost,
            newMemberID: request.memberID.isEmpty ? GroupCoordinator.randomUUID() : "")
        if context.authorizer != nil {
            event.mayDescribe = { context.allows(.topic, $0, logs: false) }
        }
        groups.consumerHeartbeat(event) { reply($0) }
    }

    /// Who names a topic must be allowed to describe it. Of those that an expression matches the others are left out.
    private func authorize(
        _ request: ConsumerGroupHeartbeatRequest, _ context: RequestContext
    ) throws(GroupRefusal) {
        guard context.allows(.group, request.groupID) else {
            throw GroupRefusal(.groupAuthorizationFailed, "")
        }
        let names = request.subscribedTopicNames ?? []
        guard context.authorizer == nil || names.allSatisfy({ context.allows(.topic, $0) }) else {
            throw GroupRefusal(.topicAuthorizationFailed, "")
        }
    }

    /// Kafka's checks, in its order.
    static func validate(
        _ request: ConsumerGroupHeartbeatRequest, namesItself: Bool, _ config: GroupConfig
    ) throws(GroupRefusal) {
        func require(_ condition: Bool, _ message: String) throws(GroupRefusal) {
            if !condition { throw GroupRefusal(.invalidRequest, message) }
        }
        let epoch = request.memberEpoch
        let isJoining = epoch == ReconciledGroup.joiningEpoch
        try require(
            !request.memberID.isBlank || isJoining && !namesItself, "MemberId can't be empty.")
        try require(!request.groupID.isBlank, "GroupId can't be empty.")
        try require(request.instanceID?.isBlank != true, "InstanceId can't be empty.")
        try require(request.rackID?.isBlank != true, "RackId can't be empty.")
        if isJoining {
            try require(
                request.rebalanceTimeoutMs != -1,
                "RebalanceTimeoutMs must be provided in first request.")
            try require(
                request.topicPartitions?.isEmpty == true,
                "TopicPartitions must be empty when (re-)joining.")
            try require(
                request.subscribedTopicNames != nil || request.subscribedTopicRegex != nil,
                "Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when "
                    + "(re-)joining.")
        } else if epoch == ReconciledGroup.awayEpoch {
            try require(request.instanceID != nil, "InstanceId can't be null.")
        }
        try require(epoch >= ReconciledGroup.awayEpoch, "MemberEpoch is invalid.")
        let known = config.consumerAssignors.map(\.rawValue)
        if let assignor = request.serverAssignor, !known.contains(assignor) {
            throw GroupRefusal(
                .unsupportedAssignor,
                "ServerAssignor \(assignor) is not supported. Supported assignors: "
                    + "\(known.joined(separator: ", ")).")
        }
    }
}

extension String {
    /// Whether it has nothing but what Java's `trim` takes away.
    var isBlank: Bool { utf8.allSatisfy { $0 <= UInt8(ascii: " ") } }
}
