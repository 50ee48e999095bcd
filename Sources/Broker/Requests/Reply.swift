import KafkaProtocol

/// Where a handler leaves its answer: at once or later, from any thread, exactly once.
///
/// Answers leave a connection in the order of their requests, whoever is ready first. One to a
/// connection that is gone is dropped.
struct Reply<Body: Response>: Sendable {
    private let send: @Sendable (Body) -> Void

    init(_ send: @escaping @Sendable (Body) -> Void) {
        self.send = send
    }

    func callAsFunction(_ response: Body) {
        send(response)
    }
}

/// Answers the requests of one API.
///
/// `handle` runs on the event loop of the connection, in the order of the requests, and must not wait
/// for anything: what takes time answers later. A handler has no state of its own; it is made for
/// the request.
protocol RequestHandler: Sendable {
    associatedtype Body: Request

    func handle(_ request: Body, _ context: RequestContext, _ reply: Reply<Body.Response>)
}
