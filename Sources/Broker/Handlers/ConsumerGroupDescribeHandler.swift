import KafkaProtocol

// ConsumerGroupDescribe, versions 0–1. Nothing is authorised yet, so whoever asks for the authorised
// operations learns that all are.

struct ConsumerGroupDescribeHandler: RequestHandler {
    let groups: GroupCoordinator

    func handle(
        _ request: ConsumerGroupDescribeRequest, _ context: RequestContext,
        _ reply: Reply<ConsumerGroupDescribeResponse>
    ) {
        let includesOperations = request.includeAuthorizedOperations
        groups.describeConsumerGroups(request.groupIDs) { groups in
            var response = ConsumerGroupDescribeResponse()
            response.groups = groups.map { group in
                var group = group
                if includesOperations, group.errorCode == .none {
                    group.authorizedOperations = AuthorizedOperations.group
                }
                return group
            }
            let memberCount = groups.reduce(groups.count) { $0 + $1.members.count }
            reply(response, isLarge: memberCount > 200)
        }
    }
}
