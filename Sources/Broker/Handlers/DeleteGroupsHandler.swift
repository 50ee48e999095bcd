import KafkaProtocol

// DeleteGroups, versions 0–2. No deviations from Kafka.

struct DeleteGroupsHandler: RequestHandler {
    let groups: GroupCoordinator

    func handle(
        _ request: DeleteGroupsRequest, _ context: RequestContext,
        _ reply: Reply<DeleteGroupsResponse>
    ) {
        let names = request.groupsNames
        groups.delete(names) { errors in
            var response = DeleteGroupsResponse()
            response.results = zip(names, errors).map { name, error in
                var result = DeleteGroupsResponse.Group()
                result.groupID = name
                result.errorCode = error
                return result
            }
            reply(response, isLarge: names.count > 500)
        }
    }
}
