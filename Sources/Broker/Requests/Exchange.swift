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
    /// The turns that the request has beside the event loops; nil on an event loop.
    private var turns: BesideTurns?

    init(connection: Connection, slot: ResponseOrder<Answer>.Slot, context: RequestContext) {
        self.connection = connection
        self.slot = slot
        self.context = context
    }

    var charge: RequestCharge? { context.charge }

    /// Whether the request is handled on a thread beside the event loops, which it may hold.
    var isBeside: Bool { turns != nil }

    /// For handlers that answer with messages alone.
    func reply<Body: Response>() -> Reply<Body> {
        let (connection, slot) = (connection, slot)
        let (version, correlationID) = (context.version, context.header.correlationID)
        let longWork = connection.services.longWork
        let beside: Reply<Body>.Threads = { longWork.run($0) }
        return Reply(
            isLarge: isBeside, beside: beside, charge: charge,
            ownThreads: connection.services.isOfAdministrators ? longWork : nil
        ) { [self] response in
            connection.send(
                charged(response), version: version, correlationID: correlationID, slices: [],
                in: slot)
        }
    }

    /// Answers with records from files: the positions of the response's records are places in
    /// `slices`.
    func send(_ response: some Response, slices: [FileSlice] = []) {
        sendCharged(charged(response), slices: slices)
    }

    /// As `send`, of a response whose quota was looked at.
    func sendCharged(_ response: some Response, slices: [FileSlice] = []) {
        connection.send(
            response, version: context.version, correlationID: context.header.correlationID,
            slices: slices, in: slot)
    }

    /// Answers in another version than the request's.
    func send(_ response: some Response, version: Int16) {
        connection.send(
            charged(response), version: version, correlationID: context.header.correlationID,
            slices: [], in: slot)
    }

    func sendNothing() {
        connection.fill(slot, .nothing)
    }

    /// Goes on with the request beside the event loop. Until `work` is done the connection takes no
    /// further request: its requests are handled in their order, and it has one thread at most.
    ///
    /// On the connection's event loop; or from such work itself, which then has another turn once
    /// all that waits for a thread has had one.
    func goOnBeside(_ work: @escaping @Sendable (Exchange) -> Void) {
        if let turns { return turns.goOn(with: work) }
        let turns = BesideTurns()
        var exchange = self
        exchange.turns = turns
        connection.hold(for: slot)
        exchange.run(work, turns)
    }

    /// As `goOnBeside`, once `begin` has called back, which it must do once, from any thread. No
    /// thread waits for that.
    func goOnBeside(
        after begin: (@escaping @Sendable () -> Void) -> Void,
        _ work: @escaping @Sendable (Exchange) -> Void
    ) {
        if let turns {
            turns.suspend(before: work)
            return begin { if turns.resume() { run(work, turns) } }
        }
        let turns = BesideTurns()
        var exchange = self
        exchange.turns = turns
        connection.hold(for: slot)
        begin { [exchange] in exchange.run(work, turns) }
    }

    private func run(_ work: @escaping BesideTurns.Work, _ turns: BesideTurns) {
        connection.services.longWork.run {
            charge.turn { work(self) }
            switch turns.takeNext() {
            case .work(let next): run(next, turns)
            case .suspended: break
            case .none: connection.release(slot)
            }
        }
    }

    /// Ends the connection once the answers before this one are written.
    func close(because reason: String) {
        // Who comes again on another connection has used what this one cost.
        _ = charge?.settle()
        connection.end(slot, because: reason)
    }
}

/// What a request that is handled beside the event loops does in its next turn there.
/// Thread contract: the thread of the turn at hand.
private final class BesideTurns: Sendable {
    typealias Work = @Sendable (Exchange) -> Void

    enum Next {
        case none
        case work(Work)
        /// Whoever resumes begins the next turn.
        case suspended
    }

    private enum State {
        case none
        case work(Work)
        /// The work is to wait for something; its turn is not over yet.
        case suspending(Work)
        case suspended
    }

    private let state = Locked(State.none)

    func goOn(with work: @escaping Work) { state.withLock { $0 = .work(work) } }

    func suspend(before work: @escaping Work) { state.withLock { $0 = .suspending(work) } }

    /// What was waited for is there. True where the turn before is over, so that the caller must
    /// begin the next one.
    func resume() -> Bool {
        state.withLock { state in
            switch state {
            case .suspending(let work):
                state = .work(work)
                return false
            case .suspended:
                state = .none
                return true
            case .none, .work: return false
            }
        }
    }

    /// What follows the turn that is just over.
    func takeNext() -> Next {
        state.withLock { state in
            switch state {
            case .none, .suspended: return .none
            case .work(let work):
                state = .none
                return .work(work)
            case .suspending:
                state = .suspended
                return .suspended
            }
        }
    }
}
