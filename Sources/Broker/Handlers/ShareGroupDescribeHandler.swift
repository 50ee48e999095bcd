import KafkaProtocol

// ShareGroupDescribe, version 1. As in Kafka, a group that reads a topic which the client may not describe is not shown
// to it.

struct ShareGroupDescribeHandler: RequestHandler {
    let groups: GroupCoordinator

    func handle(
        _ request: ShareGroupDescribeRequest, _ context: RequestContext,
        _ reply: Reply<ShareGroupDescribeResponse>
    ) {
        let asked = AskedGroups(
            request.groupIDs, includesOperations: request.includeAuthorizedOperations, context)
        groups.describeShareGroups(asked.allowed) { described in
            reply(isLarge: AskedGroups.isLarge(described)) {
                var response = ShareGroupDescribeResponse()
                response.groups = asked.answers(described)
                return response
            }
        }
    }
}
