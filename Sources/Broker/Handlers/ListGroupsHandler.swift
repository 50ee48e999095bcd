import KafkaProtocol

// ListGroups, versions 0–4, filtered by state in version 4. No deviations from Kafka.

struct ListGroupsHandler: RequestHandler {
    let groups: GroupCoordinator

    func handle(
        _ request: ListGroupsRequest, _ context: RequestContext,
        _ reply: Reply<ListGroupsResponse>
    ) {
        groups.list { error, groups in
            reply(isLarge: groups.count > 500) {
                var response = ListGroupsResponse()
                response.errorCode = error
                let wanted = Set(request.statesFilter.map { $0.lowercased() })
                response.groups = groups.filter {
                    wanted.isEmpty || wanted.contains($0.groupState.lowercased())
                }.sorted { $0.groupID < $1.groupID }
                return response
            }
        }
    }
}
