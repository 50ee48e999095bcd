import CommitLog
import NIOCore
import NIOPosix
import RecordFormat

/// Makes appended batches durable beside the event loops, and tells those who wait for it: all
/// waiters of a partition that came while the disk was busy share the next `fdatasync`.
///
/// Partitions are spread over a few lanes with a thread each, so that one file's flush does not
/// wait for another's. A lane is woken only at the end of the event loop's turn that asks.
/// Otherwise it would flush for the first request of the turn while the others are still to come.
///
/// The load generator's `GroupCommitter` does the same for its workers and is separate code: the
/// two share only the flush itself, `PartitionLog.flush(through:)`. When to wake a thread and whom
/// to tell differs between them, and is what is tuned: here a turn of an event loop and one
/// completion a request, there a worker's turn and its acknowledgements all at once. Thread
/// contract: any thread; completions are called on the lanes' threads.
final class FlushQueue: Sendable {
    typealias Completion = @Sendable (LogError?) -> Void

    /// More threads than this only queue at the same disk.
    private static let laneCount = 4

    private struct Request {
        var partition: PartitionLog
        var through: Offset
        var completion: Completion
    }

    private let lanes: [Lane]
    private let pool = NIOThreadPool(numberOfThreads: FlushQueue.laneCount)

    init() {
        let pool = pool
        lanes = (0..<Self.laneCount).map { _ in Lane(pool: pool) }
    }

    func start() { pool.start() }

    /// Calls `completion` once everything through `offset` is durable, or with what prevented it.
    func flush(
        partition: PartitionLog, through offset: Offset, _ completion: @escaping Completion
    ) {
        if partition.flushedOffset > offset { return completion(nil) }
        let hash = UInt(bitPattern: ObjectIdentifier(partition).hashValue)
        let lane = lanes[Int(hash % UInt(lanes.count))]
        lane.add(Request(partition: partition, through: offset, completion: completion))
    }

    /// Ends the threads once all that was asked for is flushed.
    func stop() { try? pool.syncShutdownGracefully() }

    private final class Lane: Sendable {
        private struct State {
            var requests: [Request] = []
            /// A thread that works, or a turn that will wake one, will take the requests.
            var isScheduled = false
        }

        private let pool: NIOThreadPool
        private let state = Locked(State())

        init(pool: NIOThreadPool) { self.pool = pool }

        func add(_ request: Request) {
            let isFirst = state.withLock { state in
                state.requests.append(request)
                defer { state.isScheduled = true }
                return !state.isScheduled
            }
            guard isFirst else { return }
            if let loop = MultiThreadedEventLoopGroup.currentEventLoop {
                loop.execute { self.wake() }
            } else {
                wake()
            }
        }

        private func wake() {
            pool.submit { [self] _ in serve() }
        }

        /// Flushes until nothing is left.
        private func serve() {
            while true {
                let taken = state.withLock { state -> [Request] in
                    defer { state.requests.removeAll(keepingCapacity: true) }
                    if state.requests.isEmpty { state.isScheduled = false }
                    return state.requests
                }
                if taken.isEmpty { return }
                commit(taken)
            }
        }

        /// One flush for each partition among the requests, then their completions.
        private func commit(_ requests: [Request]) {
            var rest = requests
            while let partition = rest.first?.partition {
                let end = rest.partition { $0.partition !== partition }
                let own = rest[..<end]
                let through = own.reduce(Offset.zero) { max($0, $1.through) }
                var failure: LogError?
                do throws(LogError) {
                    try partition.flush(through: through)
                } catch {
                    failure = error
                }
                for request in own { request.completion(failure) }
                rest.removeFirst(end)
            }
        }
    }
}
