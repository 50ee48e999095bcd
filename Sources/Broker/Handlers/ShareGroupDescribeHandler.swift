import KafkaProtocol

// ShareGroupDescribe, version 1. As in Kafka, a group that reads a topic which the client may not describe is not shown
// to it.

struct ShareGroupDescribeHandler: RequestHandler {
    let groups: GroupCoordinator

    func handle(
        _ request: ShareGroupDescribeRequest, _ context: RequestContext,
        _ reply: Reply<ShareGroupDescribeResponse>
    ) {
        let includesOperations = request.includeAuthorizedOperations
        let asked = request.groupIDs
        let allowed = asked.map { context.allows(.group, $0) }
        groups.describeShareGroups(zip(asked, allowed).filter(\.1).map(\.0)) { groups in
            let memberCount = groups.reduce(groups.count) { $0 + $1.members.count }
            reply(isLarge: memberCount > 200) {
                var described = groups[...]
                var response = ShareGroupDescribeResponse()
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

    /// Whether the client may describe all topics whose partitions members have.
    private func mayKnow(
        _ group: ShareGroupDescribeResponse.Group, _ context: RequestContext
    ) -> Bool {
        guard context.authorizer != nil else { return true }
        let topics = group.members.flatMap { $0.assignment.topicPartitions.map(\.topicName) }
        return Set(topics).allSatisfy { context.allows(.topic, $0) }
    }

    private static func denied(
        _ id: String, _ code: ErrorCode, _ message: String? = nil
    ) -> ShareGroupDescribeResponse.Group {
        var group = ShareGroupDescribeResponse.Group()
        group.groupID = id
        group.errorCode = code
        group.errorMessage = message
        return group
    }
}
