import KafkaProtocol

// ListGroups, versions 0–5, filtered by state from 4 on, by type from 5 on. No deviations from Kafka.

struct ListGroupsHandler: RequestHandler {
    let groups: GroupCoordinator

    func handle(
        _ request: ListGroupsRequest, _ context: RequestContext,
        _ reply: Reply<ListGroupsResponse>
    ) {
        let mayAll = context.allowsCluster(logs: false)
        groups.list { error, groups in
            reply(isLarge: groups.count > 500) {
                var response = ListGroupsResponse()
                response.errorCode = error
                let states = Set(request.statesFilter.map { $0.lowercased() })
                let types = Set(request.typesFilter.map { $0.lowercased() })
                response.groups = groups.filter {
                    (states.isEmpty || states.contains($0.groupState.lowercased()))
                        && (types.isEmpty || types.contains($0.groupType))
                        && (mayAll || context.allows(.group, $0.groupID, logs: false))
                }.sorted { $0.groupID < $1.groupID }
                return response
            }
        }
    }
}
