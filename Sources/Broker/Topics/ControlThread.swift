import KafkaProtocol
import NIOPosix
import Synchronization

/// The thread on which topics and settings are created, altered and deleted, one request after the
/// other: making a thousand directories takes longer than an event loop may. Thread contract: any
/// thread.
final class ControlThread: Sendable {
    /// So many requests may wait; those beyond are refused.
    static let maximumWaitingCount = 1000

    private let pool = NIOThreadPool(numberOfThreads: 1)
    private let waitingCount = Atomic<Int>(0)

    func start() { pool.start() }

    /// Lets what is running end; what waits does not run any more.
    func stop() { try? pool.syncShutdownGracefully() }

    /// Replies with what `work` returns, when its turn has come, or at once with `refusal` where
    /// too many requests wait.
    func answer<Body: Response>(
        _ reply: Reply<Body>, refusing refusal: (Refusal) -> Body,
        with work: @escaping @Sendable () -> Body
    ) {
        guard waitingCount.add(1, ordering: .relaxed).newValue <= Self.maximumWaitingCount else {
            waitingCount.subtract(1, ordering: .relaxed)
            return reply(refusal(.busy))
        }
        pool.submit { [self] state in
            defer { waitingCount.subtract(1, ordering: .relaxed) }
            // The broker ends, and the connection with it.
            guard case .active = state else { return }
            reply.charge.turn { reply(work()) }
        }
    }
}
