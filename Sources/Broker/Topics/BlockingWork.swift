import NIOPosix

/// Threads for what must not happen on an event loop: what waits for the disk, as looking up times
/// does, and what computes for long, as decoding a large batch does. Work is begun in the order in
/// which it came.
/// Thread contract: any thread.
final class BlockingWork: Sendable {
    private let pool: NIOThreadPool

    init(threadCount: Int) { pool = NIOThreadPool(numberOfThreads: threadCount) }

    func start() { pool.start() }

    /// Runs `body` once a thread is free. During the broker's end it may not run any more.
    func run(_ body: @escaping @Sendable () -> Void) {
        pool.submit { state in
            if case .active = state { body() }
        }
    }

    func stop() { try? pool.syncShutdownGracefully() }
}
