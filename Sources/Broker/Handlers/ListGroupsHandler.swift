import KafkaProtocol

// ListGroups, versions 0–4, filtered by state in version 4. No deviations from Kafka.

struct ListGroupsHandler: RequestHandler {
    let groups: GroupCoordinator

    func handle(
        _ request: ListGroupsRequest, _ context: RequestContext,
        _ reply: Reply<ListGroupsResponse>
    ) {
        groups.list(states: request.statesFilter) { error, groups in
            var response = ListGroupsResponse()
            response.errorCode = error
            response.groups = groups
            reply(response)
        }
    }
}
