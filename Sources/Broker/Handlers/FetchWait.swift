import CommitLog
import NIOCore
import Synchronization

/// A fetch that waits for records: until there are enough, its time is over, or its connection
/// ends.
///
/// The logs wake it when they grow; it then reads again, and waits on if that is not enough.
/// Thread contract: the connection's event loop, but for the logs' callbacks, which only hop there.
final class FetchWait: @unchecked Sendable {
    private var read: FetchRead
    private let exchange: Exchange
    private typealias Token = (log: PartitionLog, token: WaitToken)

    private var tokens: [Token] = []
    private var timeout: Scheduled<Void>?
    private var isOver = false
    /// A thread beside the event loop reads or listens for it.
    private var isBusy = false
    /// Set by the first log that grows, so that one turn of the event loop reads once.
    private let isWoken = Atomic<Bool>(false)

    private var connection: Connection { exchange.connection }

    init(_ read: FetchRead, _ exchange: Exchange) {
        self.read = read
        self.exchange = exchange
    }

    func start() {
        guard connection.mayWait else { return read.answer(exchange) }
        connection.add(self)
        timeout = connection.eventLoop.scheduleTask(
            in: .milliseconds(Int64(read.request.maxWaitMs))
        ) { self.finish() }
        listen()
    }

    /// Answers with what is there.
    func finish() {
        guard !isOver else { return }
        abandon()
        connection.remove(self)
        // A read that is under way makes the answer.
        if !isBusy { readAnew { self.read.answer(self.exchange) } }
    }

    /// Forgets everything: the connection is gone.
    func abandon() {
        isOver = true
        timeout?.cancel()
        timeout = nil
        stopListening()
    }

    private func listen() {
        isWoken.store(false, ordering: .sequentiallyConsistent)
        guard exchange.isBeside else {
            tokens = exchange.charge.turn { tokens(for: read) }
            return
        }
        isBusy = true
        connection.services.longWork.run { [connection, read] in
            let tokens = self.exchange.charge.turn { self.tokens(for: read) }
            connection.eventLoop.execute { self.didListen(tokens) }
        }
    }

    private func didListen(_ tokens: [Token]) {
        isBusy = false
        self.tokens = tokens
        if isOver {
            stopListening()
            readAnew { self.read.answer(self.exchange) }
        } else if isWoken.load(ordering: .sequentiallyConsistent) {
            readAgain()
        }
    }

    /// Asks the logs to wake it; from any thread.
    private func tokens(for read: FetchRead) -> [Token] {
        var tokens: [Token] = []
        for (log, offset) in read.growing() {
            let token =
                read.isCommittedOnly
                ? log.whenStable(past: offset) { self.wake() }
                : log.whenMore(than: offset) { self.wake() }
            // Nil where the log has grown since it was read, or was closed.
            guard let token else {
                wake()
                break
            }
            tokens.append((log, token))
        }
        return tokens
    }

    private func stopListening() {
        let tokens = tokens
        self.tokens.removeAll()
        guard exchange.isBeside else { return Self.cancel(tokens) }
        connection.services.longWork.run { Self.cancel(tokens) }
    }

    private static func cancel(_ tokens: [Token]) {
        for (log, token) in tokens { log.cancel(token) }
    }

    private func wake() {
        guard !isWoken.exchange(true, ordering: .sequentiallyConsistent) else { return }
        connection.eventLoop.execute { self.readAgain() }
    }

    private func readAgain() {
        guard !isOver, !isBusy else { return }
        stopListening()
        readAnew {
            if !self.isOver {
                guard self.read.isEnough else { return self.listen() }
                self.isOver = true
                self.timeout?.cancel()
                self.timeout = nil
                self.connection.remove(self)
            }
            self.read.answer(self.exchange)
        }
    }

    /// Reads what is there now: beside the event loop where that takes long.
    private func readAnew(_ done: @escaping () -> Void) {
        guard exchange.isBeside else {
            exchange.charge.turn { read.perform(on: connection) }
            return done()
        }
        isBusy = true
        let done = NIOLoopBound(done, eventLoop: connection.eventLoop)
        connection.services.longWork.run { [connection, read] in
            var read = read
            self.exchange.charge.turn { read.perform(on: connection) }
            connection.eventLoop.execute { [read] in
                self.isBusy = false
                self.read = read
                done.value()
            }
        }
    }
}
