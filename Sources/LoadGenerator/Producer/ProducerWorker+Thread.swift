import Measurement

extension ProducerWorker {
    /// A worker's results.
    struct Outcome: Sendable {
        var sent: [SentSequences]
        var usage: WorkerUsage
        /// When the last step was over.
        var endNanos: Int64
        /// Records that were due before the end and were not taken.
        var unsentRecords: UInt64
        var failure: TargetError?
        var slowest: SlowRecords
        /// By the brokers' ids.
        var brokers: [Int32: BrokerTally]
    }

    /// Steps to the end.
    consuming func run(time: TimeSource, wakeup: Wakeup) -> Outcome {
        let start = time.now()
        let loop: any StepLoop = session.loop ?? OwnThread()
        let steps = ProducerSteps(self, time: time)
        loop.run(wakeup: wakeup) { steps.next() }
        return steps.outcome(since: start)
    }
}

/// The steps of one worker, and the time between them.
///
/// Thread contract: `next` belongs to the thread of the steps, `outcome` to whoever waited for the last.
private final class ProducerSteps: @unchecked Sendable {
    /// A sleeping worker checks at least this often whether it should stop.
    private static let longestSleepNanos: Int64 = 50_000_000

    private var worker: ProducerWorker
    private let time: TimeSource
    private var asleepSince: Int64?

    init(_ worker: consuming ProducerWorker, time: TimeSource) {
        self.worker = worker
        self.time = time
    }

    func next() -> NextStep {
        if let since = asleepSince.take() { worker.usage.idleNanos += time.now() - since }
        switch worker.step() {
        case .again: return .again
        case .wait(let until):
            let now = time.now()
            // The next step counts the time in which due records were held back.
            if worker.waitingStalledSince == nil { asleepSince = now }
            return .wait(until: min(until, now + Self.longestSleepNanos))
        case .finished: return .never
        }
    }

    func outcome(since start: Int64) -> ProducerWorker.Outcome {
        var usage = worker.usage
        let end = time.now()
        usage.wallNanos = end - start
        return ProducerWorker.Outcome(
            sent: worker.sentSequences(), usage: usage, endNanos: end,
            unsentRecords: worker.unsentRecords(),
            failure: worker.failure, slowest: worker.slowest, brokers: worker.brokers)
    }
}
