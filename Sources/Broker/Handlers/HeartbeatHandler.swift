import KafkaProtocol

// Heartbeat, versions 0–4. No deviations from Kafka.

struct HeartbeatHandler: RequestHandler {
    let groups: GroupCoordinator

    func handle(
        _ request: HeartbeatRequest, _ context: RequestContext,
        _ reply: Reply<HeartbeatResponse>
    ) {
        groups.heartbeat(request) { error in
            var response = HeartbeatResponse()
            response.errorCode = error
            reply(response)
        }
    }
}
