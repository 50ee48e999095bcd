import KafkaProtocol

// ConsumerGroupDescribe, versions 0–1. As in Kafka, a group that consumes a topic which the client may not describe is
// not shown to it.

struct ConsumerGroupDescribeHandler: RequestHandler {
    let groups: GroupCoordinator

    func handle(
        _ request: ConsumerGroupDescribeRequest, _ context: RequestContext,
        _ reply: Reply<ConsumerGroupDescribeResponse>
    ) {
        let asked = AskedGroups(
            request.groupIDs, includesOperations: request.includeAuthorizedOperations, context)
        groups.describeConsumerGroups(asked.allowed) { described in
            reply(isLarge: AskedGroups.isLarge(described)) {
                var response = ConsumerGroupDescribeResponse()
                response.groups = asked.answers(described)
                return response
            }
        }
    }
}
