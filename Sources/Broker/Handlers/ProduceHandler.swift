// Produce, versions 3–11. Versions 0–2 are advertised, for librdkafka's sake, and are answered
// UNSUPPORTED_VERSION, since their records have older formats; with acks=0 they end the connection.
// acks=1 and acks=all mean the same on one node: the batch is in the log, and durable where the
// topic's flush policy says so. The timeout is not looked at: nothing is waited for but the disk.

import KafkaProtocol

struct ProduceHandler {
    private let broker: Broker

    init(_ broker: Broker) { self.broker = broker }

    /// Appends the batches of `frame` where they stand: the log writes offsets into them. What
    /// would hold the event loop for too long is done beside it.
    func handle(_ frame: RequestFrame, _ exchange: Exchange) throws(ProtocolError) {
        let request: ProduceRequest = try frame.request(after: exchange.context.header)
        goOn(ProduceAppends(request, frame, exchange, broker), frame, exchange)
    }

    /// Appends as much as may be done in one turn, and the rest in further turns beside the event
    /// loop.
    private func goOn(_ appends: ProduceAppends, _ frame: RequestFrame, _ exchange: Exchange) {
        var appends = appends
        let isDone = withExtendedLifetime(frame) {
            appends.perform(exchange.isBeside ? .besideEventLoop : .onEventLoop)
        }
        if isDone { return appends.answer() }
        exchange.goOnBeside { [appends] exchange in goOn(appends, frame, exchange) }
    }
}
