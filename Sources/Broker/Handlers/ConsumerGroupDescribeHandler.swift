import KafkaProtocol

// ConsumerGroupDescribe, versions 0–1. As in Kafka, a group that consumes a topic which the client may not describe is
// not shown to it.

struct ConsumerGroupDescribeHandler: RequestHandler {
    let groups: GroupCoordinator

    func handle(
        _ request: ConsumerGroupDescribeRequest, _ context: RequestContext,
        _ reply: Reply<ConsumerGroupDescribeResponse>
    ) {
        let includesOperations = request.includeAuthorizedOperations
        let asked = request.groupIDs
        let allowed = asked.map { context.allows(.group, $0) }
        groups.describeConsumerGroups(zip(asked, allowed).filter(\.1).map(\.0)) { groups in
            let memberCount = groups.reduce(groups.count) { $0 + $1.members.count }
            reply(isLarge: memberCount > 200) {
                var described = groups[...]
                var response = ConsumerGroupDescribeResponse()
                response.groups = zip(asked, allowed).map { id, isAllowed in
                    guard isAllowed, var group = described.popFirst() else {
                        return Self.denied(id, .groupAuthorizationFailed)
                    }
                    guard mayKnow(group, context) else {
                        return Self.denied(
                            id, .topicAuthorizationFailed,
                            "The group has described topic(s) that the client is not authorized to "
                                + "describe.")
                    }
                    if includesOperations, group.errorCode == .none {
                        group.authorizedOperations = context.authorizedOperations(on: .group, id)
                    }
                    return group
                }
                return response
            }
        }
    }

    /// Whether the client may describe all topics whose partitions members have, or are to have.
    private func mayKnow(
        _ group: ConsumerGroupDescribeResponse.Group, _ context: RequestContext
    ) -> Bool {
        guard context.authorizer != nil else { return true }
        let topics = group.members.flatMap { member in
            (member.assignment.topicPartitions + member.targetAssignment.topicPartitions)
                .map(\.topicName)
        }
        return Set(topics).allSatisfy { context.allows(.topic, $0) }
    }

    private static func denied(
        _ id: String, _ code: ErrorCode, _ message: String? = nil
    ) -> ConsumerGroupDescribeResponse.Group {
        var group = ConsumerGroupDescribeResponse.Group()
        group.groupID = id
        group.errorCode = code
        group.errorMessage = message
        return group
    }
}
