import CommitLog
import NIOCore
import Synchronization

/// What a fetch of some kind finds, read once or again.
protocol WaitingRead: Sendable {
    /// How long it may wait in all.
    var maxWaitMs: Int32 { get }
    /// Reading it takes long: that is done beside the event loop.
    var isLong: Bool { get }
    /// Whether the client need not wait any more.
    var isEnough: Bool { get }

    /// Reads again what is there. `isLast`: it is answered with that, whatever it is.
    mutating func perform(on connection: Connection, isLast: Bool)
    /// Nobody gets the answer: what was taken from others goes back.
    mutating func discard()
    func answer(_ exchange: Exchange)
    /// Asks for `wake` to be called, once at least, when reading again may find more: at once where it
    /// may already.
    func listen(_ wake: @escaping @Sendable () -> Void) -> [WaitSource]
}

extension WaitingRead {
    /// Reading takes nothing from anybody.
    mutating func discard() {}
}

/// Something that will wake a fetch, until it is told not to.
enum WaitSource: Sendable {
    case log(PartitionLog, WaitToken)
    case sharePartition(SharePartition, UInt64)

    func cancel() {
        switch self {
        case .log(let log, let token): log.cancel(token)
        case .sharePartition(let partition, let waiter): partition.cancel(waiter)
        }
    }
}

/// A fetch that a connection has waiting. Thread contract: the connection's event loop.
protocol WaitingFetch: AnyObject {
    /// Answers with what is there.
    func finish()
    /// Forgets everything: the connection is gone.
    func abandon()
}

/// A fetch that waits for records: until there are enough, its time is over, or its connection
/// ends.
///
/// The logs wake it when they grow; it then reads again, and waits on if that is not enough.
/// Thread contract: the connection's event loop, but for the logs' callbacks, which only hop there.
final class FetchWait<Read: WaitingRead>: WaitingFetch, @unchecked Sendable {
    private var read: Read
    private let exchange: Exchange

    private var sources: [WaitSource] = []
    private var timeout: Scheduled<Void>?
    private var isOver = false
    /// The connection is gone.
    private var isAbandoned = false
    /// A thread beside the event loop reads or listens for it.
    private var isBusy = false
    /// Set by the first log that grows, so that one turn of the event loop reads once.
    private let isWoken = Atomic<Bool>(false)

    private var connection: Connection { exchange.connection }

    private var isLong: Bool { exchange.isBeside || read.isLong }

    init(_ read: Read, _ exchange: Exchange) {
        self.read = read
        self.exchange = exchange
    }

    /// As `start`, of what was not read yet.
    func begin() {
        // Nobody would get what a read acquires.
        guard !connection.isClosed else { return }
        readAnew(isLast: false) {
            if self.read.isEnough { self.answer() } else { self.start() }
        }
    }

    func start() {
        guard connection.mayWait else { return answer() }
        connection.add(self)
        timeout = connection.eventLoop.scheduleTask(
            in: .milliseconds(Int64(read.maxWaitMs))
        ) { self.finish() }
        listen()
    }

    /// Answers with what is there.
    func finish() {
        guard !isOver else { return }
        end()
        connection.remove(self)
        // A read that is under way makes the answer.
        if !isBusy { readAnew(isLast: true) { self.answer() } }
    }

    /// Forgets everything: the connection is gone.
    func abandon() {
        isAbandoned = true
        end()
    }

    private func end() {
        isOver = true
        timeout?.cancel()
        timeout = nil
        stopListening()
    }

    /// The connection may have ended while a thread beside its loop has read.
    private func answer() {
        if connection.isClosed { read.discard() }
        read.answer(exchange)
    }

    private func listen() {
        isWoken.store(false, ordering: .sequentiallyConsistent)
        guard isLong else {
            sources = exchange.charge.turn { read.listen { self.wake() } }
            return
        }
        isBusy = true
        connection.services.longWork.run { [connection, read] in
            let sources = self.exchange.charge.turn { read.listen { self.wake() } }
            connection.eventLoop.execute { self.didListen(sources) }
        }
    }

    private func didListen(_ sources: [WaitSource]) {
        isBusy = false
        self.sources = sources
        if isOver {
            stopListening()
            if !isAbandoned { readAnew(isLast: true) { self.answer() } }
        } else if isWoken.load(ordering: .sequentiallyConsistent) {
            readAgain()
        }
    }

    private func stopListening() {
        let sources = sources
        self.sources.removeAll()
        guard isLong else {
            for source in sources { source.cancel() }
            return
        }
        connection.services.longWork.run {
            for source in sources { source.cancel() }
        }
    }

    private func wake() {
        guard !isWoken.exchange(true, ordering: .sequentiallyConsistent) else { return }
        connection.eventLoop.execute { self.readAgain() }
    }

    private func readAgain() {
        guard !isOver, !isBusy else { return }
        stopListening()
        readAnew(isLast: false) {
            if !self.isOver {
                guard self.read.isEnough else { return self.listen() }
                self.isOver = true
                self.timeout?.cancel()
                self.timeout = nil
                self.connection.remove(self)
            }
            self.answer()
        }
    }

    /// Reads what is there now: beside the event loop where that takes long.
    private func readAnew(isLast: Bool, _ done: @escaping () -> Void) {
        guard isLong else {
            exchange.charge.turn { read.perform(on: connection, isLast: isLast) }
            return done()
        }
        isBusy = true
        let done = NIOLoopBound(done, eventLoop: connection.eventLoop)
        connection.services.longWork.run { [connection, read] in
            var read = read
            self.exchange.charge.turn { read.perform(on: connection, isLast: isLast) }
            connection.eventLoop.execute { [read] in
                self.isBusy = false
                self.read = read
                done.value()
            }
        }
    }
}
