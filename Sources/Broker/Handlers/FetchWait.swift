import CommitLog
import NIOCore
import Synchronization

/// A fetch that waits for records: until there are enough, its time is over, or its connection ends.
///
/// The logs wake it when they grow; it then reads again, and waits on if that is not enough.
/// Thread contract: the connection's event loop, but for the logs' callbacks, which only hop there.
final class FetchWait: @unchecked Sendable {
    private var read: FetchRead
    private let exchange: Exchange
    private var tokens: [(log: PartitionLog, token: WaitToken)] = []
    private var timeout: Scheduled<Void>?
    private var isOver = false
    /// Set by the first log that grows, so that one turn of the event loop reads once.
    private let isWoken = Atomic<Bool>(false)

    private var connection: Connection { exchange.connection }

    init(_ read: FetchRead, _ exchange: Exchange) {
        self.read = read
        self.exchange = exchange
    }

    func start() {
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
        read.perform(on: connection)
        read.answer(exchange)
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
        for (log, offset) in read.growing() {
            let token =
                read.isCommittedOnly
                ? log.whenStable(past: offset) { self.wake() }
                : log.whenMore(than: offset) { self.wake() }
            // Nil: it has grown since it was read, or was closed.
            guard let token else { return wake() }
            tokens.append((log, token))
        }
    }

    private func stopListening() {
        for (log, token) in tokens { log.cancel(token) }
        tokens.removeAll(keepingCapacity: true)
    }

    private func wake() {
        guard !isWoken.exchange(true, ordering: .sequentiallyConsistent) else { return }
        connection.eventLoop.execute { self.readAgain() }
    }

    private func readAgain() {
        guard !isOver else { return }
        stopListening()
        read.perform(on: connection)
        guard read.isEnough else { return listen() }
        isOver = true
        timeout?.cancel()
        timeout = nil
        connection.remove(self)
        read.answer(exchange)
    }
}
