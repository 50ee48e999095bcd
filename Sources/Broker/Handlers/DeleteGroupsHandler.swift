import KafkaProtocol

// DeleteGroups, versions 0–2. No deviations from Kafka.

struct DeleteGroupsHandler: RequestHandler {
    let groups: GroupCoordinator

    func handle(
        _ request: DeleteGroupsRequest, _ context: RequestContext,
        _ reply: Reply<DeleteGroupsResponse>
    ) {
        // As in Kafka, a group that is named twice is answered once.
        var seen: Set<ExactName> = []
        let names = request.groupsNames.filter { seen.insert(ExactName($0)).inserted }
        let allowed = names.map { context.allows(.group, $0) }
        groups.delete(zip(names, allowed).filter(\.1).map(\.0)) { errors in
            var errors = errors[...]
            var response = DeleteGroupsResponse()
            response.results = zip(names, allowed).map { name, isAllowed in
                var result = DeleteGroupsResponse.Group()
                result.groupID = name
                result.errorCode =
                    isAllowed
                    ? errors.popFirst() ?? .unknownServerError : .groupAuthorizationFailed
                return result
            }
            reply(response, isLarge: names.count > 500)
        }
    }
}
