import Measurement

extension ConsumerWorker {
    /// A worker's results.
    struct Outcome: Sendable {
        /// `isDrained`: whether each partition was read to the producers' end.
        var audits: [(isDrained: Bool, audit: PartitionAudit)]
        var failure: TargetError?
    }

    /// Steps to the end.
    consuming func run(time: TimeSource, wakeup: Wakeup) -> Outcome {
        // One that works on its records sleeps in its steps, and an event loop has others to serve.
        let loop: any StepLoop = (isServing ? nil : session.loop) ?? OwnThread()
        let steps = ConsumerSteps(self, time: time)
        loop.run(wakeup: wakeup) { steps.next() }
        return steps.outcome
    }
}

/// The steps of one worker.
///
/// Thread contract: `next` belongs to the thread of the steps, `outcome` to whoever waited for the last.
private final class ConsumerSteps: @unchecked Sendable {
    /// A sleeping worker checks at least this often whether it should stop.
    static let longestSleepNanos: Int64 = 50_000_000

    private var worker: ConsumerWorker
    private let time: TimeSource

    init(_ worker: consuming ConsumerWorker, time: TimeSource) {
        self.worker = worker
        self.time = time
    }

    func next() -> NextStep {
        switch worker.step() {
        case .again: .again
        case .wait: .wait(until: time.now() + Self.longestSleepNanos)
        case .finished: .never
        }
    }

    var outcome: ConsumerWorker.Outcome { worker.outcome() }
}

extension GroupBoard {
    /// Sleeps as a worker that works on its records: until a time, and as long as the group pauses, but not
    /// longer than the group goes on.
    func sleep(until end: Int64, time: TimeSource, wakeup: Wakeup) {
        while !isStopped {
            let (now, isHeld) = (time.now(), isPaused)
            guard isHeld || now < end else { return }
            let next = now + ConsumerSteps.longestSleepNanos
            wakeup.wait(until: isHeld ? next : min(end, next))
        }
    }
}
