// PushTelemetry, version 0, where weir.client.metrics is not none (KIP-714). A client that is not known, as after a
// restart, gets UNKNOWN_SUBSCRIPTION_ID, and asks for its subscription again.

import KafkaProtocol

struct PushTelemetryHandler: RequestHandler {
    let telemetry: ClientTelemetry
    let longWork: BlockingWork

    func handle(
        _ request: PushTelemetryRequest, _ context: RequestContext,
        _ reply: Reply<PushTelemetryResponse>
    ) {
        guard telemetry.mode == .log else { return answer(request, reply) }
        // Decompressing takes a while.
        reply.work(on: longWork) { answer(request, reply) }
    }

    private func answer(_ request: PushTelemetryRequest, _ reply: Reply<PushTelemetryResponse>) {
        var response = PushTelemetryResponse()
        response.errorCode = telemetry.push(request)
        reply(response)
    }
}
