import KafkaProtocol

// DescribeGroups, versions 0–5. No deviations from Kafka: a group that is not known is Dead, without
// an error.

struct DescribeGroupsHandler: RequestHandler {
    let groups: GroupCoordinator

    func handle(
        _ request: DescribeGroupsRequest, _ context: RequestContext,
        _ reply: Reply<DescribeGroupsResponse>
    ) {
        let includesOperations = request.includeAuthorizedOperations
        let asked = request.groups
        let allowed = asked.map { context.allows(.group, $0) }
        groups.describe(zip(asked, allowed).filter(\.1).map(\.0)) { groups in
            var described = groups[...]
            var response = DescribeGroupsResponse()
            response.groups = zip(asked, allowed).map { id, isAllowed in
                guard isAllowed, var group = described.popFirst() else {
                    var denied = DescribeGroupsResponse.Group()
                    denied.groupID = id
                    denied.errorCode = .groupAuthorizationFailed
                    return denied
                }
                if includesOperations, group.errorCode == .none {
                    group.authorizedOperations = context.authorizedOperations(on: .group, id)
                }
                return group
            }
            let memberCount = groups.reduce(groups.count) { $0 + $1.members.count }
            reply(response, isLarge: memberCount > 200)
        }
    }
}
