import CommitLog
import KafkaProtocol
import NIOCore
import NIOPosix

/// The thread on which topics and settings are created, altered and deleted, one request after the
/// other: making a thousand directories takes longer than an event loop may. The requests of
/// administrators' listener come first. Thread contract: any thread.
final class ControlThread: Sendable {
    /// So many requests may wait; those beyond are refused.
    static let maximumWaitingCount = 1000

    private struct Waiting {
        var urgent = CircularBuffer<@Sendable () -> Void>()
        var others = CircularBuffer<@Sendable () -> Void>()
    }

    private let pool = NIOThreadPool(numberOfThreads: 1)
    private let waiting = Locked(Waiting())

    func start() { pool.start() }

    /// Lets what is running end; what waits does not run any more.
    func stop() { try? pool.syncShutdownGracefully() }

    /// Replies with what `work` returns, when its turn has come, or at once with `refusal` where
    /// too many requests wait.
    func answer<Body: Response>(
        _ reply: Reply<Body>, refusing refusal: (Refusal) -> Body,
        with work: @escaping @Sendable () -> Body
    ) {
        let queue: WritableKeyPath<Waiting, CircularBuffer<@Sendable () -> Void>> =
            reply.isUrgent ? \.urgent : \.others
        let isTaken = waiting.withLock { waiting in
            guard waiting[keyPath: queue].count < Self.maximumWaitingCount else { return false }
            waiting[keyPath: queue].append { reply.charge.turn { reply(work()) } }
            return true
        }
        guard isTaken else { return reply(refusal(.busy)) }
        pool.submit { [self] state in
            // Where it is not active the broker ends, and the connection with it.
            guard case .active = state else { return }
            runNext()
        }
    }

    private func runNext() {
        let next = waiting.withLock { $0.urgent.popFirst() ?? $0.others.popFirst() }
        next?()
    }
}
