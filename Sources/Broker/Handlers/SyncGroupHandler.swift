import KafkaProtocol

// SyncGroup, versions 0–5. Deviations from Kafka: a SyncGroup that its member repeats on another
// connection is answered with REBALANCE_IN_PROGRESS, where Kafka never answers. Where the leader
// names a member twice, the last assignment counts, as in Kafka.

struct SyncGroupHandler: RequestHandler {
    let groups: GroupCoordinator

    func handle(
        _ request: SyncGroupRequest, _ context: RequestContext,
        _ reply: Reply<SyncGroupResponse>
    ) {
        guard context.allows(.group, request.groupID) else {
            var response = SyncGroupResponse()
            response.errorCode = .groupAuthorizationFailed
            return reply(response)
        }
        let event = SyncEvent(
            generation: request.generationID, memberID: request.memberID,
            instanceID: request.groupInstanceID, protocolType: request.protocolType,
            protocolName: request.protocolName,
            assignments: Dictionary(
                request.assignments.map { ($0.memberID, $0.assignment.array) },
                uniquingKeysWith: { $1 }))
        groups.sync(event, group: request.groupID) { reply($0) }
    }
}
