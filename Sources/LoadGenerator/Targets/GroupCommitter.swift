import CommitLog
import Measurement
import RecordFormat

/// Makes appended batches durable on threads of its own, and acknowledges them. All batches that
/// came to a partition during a flush share the next `fdatasync`.
///
/// Partitions are spread over a few threads, so that flushes of different files do not wait for
/// each other.
///
/// The broker's `FlushQueue` does the same for event loops; both use
/// `PartitionLog.flush(through:)`. They are separate because here a worker's whole turn is handed
/// over and acknowledged with one measured time.
///
/// Thread contract: safe from any thread.
final class GroupCommitter: Sendable {
    /// More threads than this would only wait for the same disk.
    private static let maximumThreads = 8

    struct Request: Sendable {
        var partition: Int
        var through: Offset
        var ticket: Int
        /// Nil if no acknowledgement is wanted.
        var completions: CompletionQueue?
    }

    private let lanes: [Lane]
    private let threads: [WorkerThread<Void>]

    init(logs: [PartitionLog]) throws(ThreadError) {
        lanes = (0..<min(logs.count, Self.maximumThreads)).map { _ in Lane() }
        var threads: [WorkerThread<Void>] = []
        for (number, lane) in lanes.enumerated() {
            threads.append(
                try WorkerThread(name: "committer-\(number)", ended: Wakeup()) {
                    lane.serve(logs)
                })
        }
        self.threads = threads
    }

    /// Takes batches that were appended together.
    func submit(_ requests: [Request]) {
        for request in requests { lanes[request.partition % lanes.count].add(request) }
        // Wakes only now: earlier, a thread would be flushing the first batch while the others
        // come.
        for lane in lanes { lane.wakeIfNeeded() }
    }

    /// Ends the threads once everything submitted is acknowledged.
    func close() {
        for lane in lanes { lane.close() }
        for thread in threads { thread.join() }
    }

    /// The requests of some partitions, and the thread that serves them.
    private final class Lane: Sendable {
        private struct State {
            var requests: [Request] = []
            var isClosed = false
        }

        private let state = CheckedMutex(State())
        private let wakeup = Wakeup()

        func add(_ request: Request) {
            state.withLock { $0.requests.append(request) }
        }

        func wakeIfNeeded() {
            if state.withLock({ !$0.requests.isEmpty }) { wakeup.signal() }
        }

        func close() {
            state.withLock { $0.isClosed = true }
            wakeup.signal()
        }

        func serve(_ logs: [PartitionLog]) {
            var taken: [Request] = []
            while true {
                taken.removeAll(keepingCapacity: true)
                let isClosed = state.withLock { state in
                    swap(&state.requests, &taken)
                    return state.isClosed
                }
                if taken.isEmpty {
                    if isClosed { return }
                    wakeup.wait(until: .max)
                } else {
                    commit(&taken, logs)
                }
            }
        }

        /// One flush for each partition among the requests, then their acknowledgements.
        private func commit(_ requests: inout [Request], _ logs: [PartitionLog]) {
            requests.sort { ($0.partition, $0.through) < ($1.partition, $1.through) }
            var start = 0
            while start < requests.count {
                let partition = requests[start].partition
                let end =
                    requests[start...].firstIndex { $0.partition != partition } ?? requests.count
                var outcome = BatchOutcome.acknowledged
                do {
                    try logs[partition].flush(through: requests[end - 1].through)
                } catch {
                    outcome = .failed(.failed("\(error)"))
                }
                acknowledge(requests[start..<end], outcome)
                start = end
            }
        }

        private func acknowledge(_ requests: ArraySlice<Request>, _ outcome: BatchOutcome) {
            let now = MonotonicClock.now()
            var rest = requests.filter { $0.completions != nil }[...]
            // All of a worker's batches at once, so that its next batches come together, too.
            while let queue = rest.first?.completions {
                queue.post(
                    rest.lazy.filter { $0.completions === queue }.map {
                        CompletionQueue.Completion(ticket: $0.ticket, nanos: now, outcome: outcome)
                    })
                rest.removeAll { $0.completions === queue }
            }
        }
    }
}
