import KafkaProtocol

extension RequestDispatch.Routes {
    /// The APIs that only a broker has that wants clients' metrics. As in Kafka, others do not announce them, and no
    /// client asks.
    mutating func addTelemetry(_ broker: Broker) {
        let telemetry = broker.telemetry
        add(.getTelemetrySubscriptions) { (frame, exchange) throws(ProtocolError) in
            let request: GetTelemetrySubscriptionsRequest = try frame.request(
                after: exchange.context.header)
            guard !exchange.isBeside else { return exchange.close(because: "it is too large") }
            GetTelemetrySubscriptionsHandler(telemetry: telemetry).handle(request, exchange)
        }
        add { [longWork = broker.longWork] in
            PushTelemetryHandler(telemetry: telemetry, longWork: longWork)
        }
    }
}
