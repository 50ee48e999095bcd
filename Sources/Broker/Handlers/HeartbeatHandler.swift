import KafkaProtocol

// Heartbeat, versions 0–4. No deviations from Kafka.

struct HeartbeatHandler: RequestHandler {
    let groups: GroupCoordinator

    func handle(
        _ request: HeartbeatRequest, _ context: RequestContext,
        _ reply: Reply<HeartbeatResponse>
    ) {
        guard context.allows(.group, request.groupID) else {
            var response = HeartbeatResponse()
            response.errorCode = .groupAuthorizationFailed
            return reply(response)
        }
        groups.heartbeat(request) { error in
            var response = HeartbeatResponse()
            response.errorCode = error
            reply(response)
        }
    }
}
