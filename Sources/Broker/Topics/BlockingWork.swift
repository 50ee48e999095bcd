import Glibc
import NIOPosix

/// Threads for what must not happen on an event loop: what waits for the disk, as looking up times
/// does, and what computes for long, as decoding a large batch does. Work is begun in the order in
/// which it came.
/// Thread contract: any thread.
final class BlockingWork: Sendable {
    private let pool: NIOThreadPool
    private let givesWay: Bool

    /// - Parameter givesWay: its threads have a lower priority than the event loops, which otherwise wait for a core
    ///   behind what computes for long: with a hundred clients whose batches decompress to 31 MiB, the p99 of another
    ///   one is 1.2 times its p99 alone, and without it 2 to 5 times.
    init(threadCount: Int, givesWay: Bool = false) {
        pool = NIOThreadPool(numberOfThreads: threadCount)
        self.givesWay = givesWay
    }

    func start() { pool.start() }

    /// Runs `body` once a thread is free. During the broker's end it may not run any more.
    func run(_ body: @escaping @Sendable () -> Void) {
        pool.submit { [givesWay] state in
            guard case .active = state else { return }
            // Of this thread alone, in Linux. Where it is refused the thread goes on as it is.
            if givesWay { _ = setpriority(Self.thisThread, 0, Self.niceness) }
            body()
        }
    }

    private static let thisThread = __priority_which_t(PRIO_PROCESS.rawValue)
    /// A third of the weight of other threads.
    private static let niceness: Int32 = 5

    func stop() { try? pool.syncShutdownGracefully() }
}
