import NIOPosix

/// Threads for what waits for the disk, and therefore not on an event loop: creating topics, looking
/// up times. Thread contract: any thread.
final class BlockingWork: Sendable {
    /// As many disk-bound requests make progress at once; more would only queue at the disk.
    private static let threadCount = 2

    private let pool = NIOThreadPool(numberOfThreads: BlockingWork.threadCount)

    func start() { pool.start() }

    /// Runs `body` once a thread is free. During the broker's end it may not run any more.
    func run(_ body: @escaping @Sendable () -> Void) {
        pool.submit { state in
            if case .active = state { body() }
        }
    }

    func stop() { try? pool.syncShutdownGracefully() }
}
