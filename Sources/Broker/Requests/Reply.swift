import KafkaProtocol

/// Where a handler leaves its answer: at once or later, from any thread, exactly once.
///
/// Answers leave a connection in the order of their requests, whichever is ready first. One to a
/// connection that is gone is dropped.
struct Reply<Body: Response>: Sendable {
    typealias Threads = @Sendable (@escaping @Sendable () -> Void) -> Void

    /// The request was large, so its answer is, too.
    private let isLarge: Bool
    /// Runs what it is given beside the event loops; nil where that is done at once.
    private let beside: Threads?
    /// What the request uses of its client's quotas: whoever works for it elsewhere counts that as a turn.
    let charge: RequestCharge?
    /// Threads that only administrators' requests have; nil for all others.
    private let ownThreads: BlockingWork?
    private let send: @Sendable (Body) -> Void

    init(
        isLarge: Bool = false, beside: Threads? = nil, charge: RequestCharge? = nil,
        ownThreads: BlockingWork? = nil, _ send: @escaping @Sendable (Body) -> Void
    ) {
        self.isLarge = isLarge
        self.beside = beside
        self.charge = charge
        self.ownThreads = ownThreads
        self.send = send
    }

    /// Whether the request comes before those of other listeners.
    var isUrgent: Bool { ownThreads != nil }

    /// Works for the request on one of these threads, or of those that are its own. The time counts for quotas.
    func work(on threads: BlockingWork, _ body: @escaping @Sendable () -> Void) {
        (ownThreads ?? threads).run { [charge] in charge.turn(body) }
    }

    /// The answer is encoded where this is called; one that is large beside the event loops.
    func callAsFunction(_ response: Body, isLarge: Bool = false) {
        self(isLarge: isLarge) { response }
    }

    /// The answer is made and encoded where this is called, or beside the event loops.
    func callAsFunction(isLarge: Bool, _ make: @escaping @Sendable () -> Body) {
        guard isLarge || self.isLarge, let beside else { return send(make()) }
        beside { [send, charge] in charge.turn { send(make()) } }
    }
}

/// Answers the requests of one API.
///
/// `handle` runs on the event loop of the connection, or beside it where the request is large, in
/// the order of the requests, and must not wait for anything: what takes time answers later. A
/// handler has no state of its own; it is made for the request.
protocol RequestHandler: Sendable {
    associatedtype Body: Request

    func handle(_ request: Body, _ context: RequestContext, _ reply: Reply<Body.Response>)
}
