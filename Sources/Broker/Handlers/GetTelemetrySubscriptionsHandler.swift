// GetTelemetrySubscriptions, version 0, where weir.client.metrics is not none (KIP-714).

import KafkaProtocol
import NIOCore

struct GetTelemetrySubscriptionsHandler {
    let telemetry: ClientTelemetry

    /// On the connection's event loop, which knows the client's program.
    func handle(
        _ request: GetTelemetrySubscriptionsRequest, _ exchange: Exchange
    ) {
        let connection = exchange.connection
        let client = TelemetryClient(
            clientID: TelemetryClient.kept(exchange.context.clientID),
            software: connection.software,
            address: connection.address, port: connection.peerPort)
        exchange.send(telemetry.subscription(of: request.clientInstanceID, client))
    }
}
