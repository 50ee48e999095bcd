import CommitLog
import KafkaProtocol
import NIOCore

/// What a request's place in the order of answers can be filled with.
enum Answer: Sendable {
    case frame(OutgoingFrame)
    /// A produce request with acks=0 has no answer.
    case nothing
    /// The connection ends here, after everything before was written.
    case close
}

/// One request on its connection, to be answered once, at once or later.
/// Thread contract: any thread.
struct Exchange: Sendable {
    let connection: Connection
    let slot: ResponseOrder<Answer>.Slot
    let context: RequestContext
    /// The request is handled on a thread beside the event loops, which it may hold.
    var isBeside = false

    /// For handlers that answer with messages alone.
    func reply<Body: Response>() -> Reply<Body> {
        let (connection, slot) = (connection, slot)
        let (version, correlationID) = (context.version, context.header.correlationID)
        let longWork = connection.services.longWork
        let beside: Reply<Body>.Threads = { longWork.run($0) }
        return Reply(isLarge: isBeside, beside: beside) { response in
            connection.send(
                response, version: version, correlationID: correlationID, slices: [], in: slot)
        }
    }

    /// Answers with records from files: the positions of the response's records are places in
    /// `slices`.
    func send(_ response: some Response, slices: [FileSlice] = []) {
        connection.send(
            response, version: context.version, correlationID: context.header.correlationID,
            slices: slices, in: slot)
    }

    /// Answers in another version than the request's.
    func send(_ response: some Response, version: Int16) {
        connection.send(
            response, version: version, correlationID: context.header.correlationID, slices: [],
            in: slot)
    }

    func sendNothing() { connection.fill(slot, .nothing) }

    /// Goes on with the request beside the event loop. Until `work` is done the connection takes no further
    /// request: its requests are handled in their order, and it has one thread at most. On the connection's
    /// event loop.
    func goOnBeside(_ work: @escaping @Sendable (Exchange) -> Void) {
        var exchange = self
        exchange.isBeside = true
        connection.hold(for: slot)
        connection.services.longWork.run { [exchange] in
            work(exchange)
            exchange.connection.release(exchange.slot)
        }
    }

    /// Ends the connection once the answers before this one are written.
    func close(because reason: String) { connection.end(slot, because: reason) }
}
