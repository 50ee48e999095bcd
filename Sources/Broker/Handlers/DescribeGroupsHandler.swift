import KafkaProtocol

// DescribeGroups, versions 0–5. Nothing is authorised yet, so whoever asks for the authorised
// operations learns that all are. No other deviations from Kafka: a group that is not known is
// Dead, without an error.

struct DescribeGroupsHandler: RequestHandler {
    let groups: GroupCoordinator

    /// A bit each for READ (3), DELETE (6) and DESCRIBE (8): what can be done to a group.
    private static let allOperations: Int32 = 1 << 3 | 1 << 6 | 1 << 8

    func handle(
        _ request: DescribeGroupsRequest, _ context: RequestContext,
        _ reply: Reply<DescribeGroupsResponse>
    ) {
        let includesOperations = request.includeAuthorizedOperations
        groups.describe(request.groups) { groups in
            var response = DescribeGroupsResponse()
            response.groups = groups.map { group in
                var group = group
                if includesOperations, group.errorCode == .none {
                    group.authorizedOperations = Self.allOperations
                }
                return group
            }
            let memberCount = groups.reduce(groups.count) { $0 + $1.members.count }
            reply(response, isLarge: memberCount > 200)
        }
    }
}
