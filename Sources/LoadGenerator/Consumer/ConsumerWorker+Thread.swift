import Measurement

/// A worker that reads, and is stepped.
///
/// Thread contract: belongs to one thread.
protocol ReadingWorker: ~Copyable, SendableMetatype {
    /// Whether it works on each record, and so sleeps in its steps.
    var isServing: Bool { get }
    /// Where it steps; nil for a thread of its own.
    var loop: (any StepLoop)? { get }
    mutating func step() -> ConsumerWorker.Step
    /// After the last step.
    func outcome() -> ConsumerWorker.Outcome
}

extension ConsumerWorker {
    /// A worker's results.
    struct Outcome: Sendable {
        /// `isDrained`: whether each partition was read to the producers' end.
        var audits: [(isDrained: Bool, audit: PartitionAudit)]
        var failure: TargetError?
    }
}

extension ReadingWorker where Self: ~Copyable {
    /// Steps to the end.
    consuming func run(time: TimeSource, wakeup: Wakeup) -> ConsumerWorker.Outcome {
        // One that works on its records sleeps in its steps, and an event loop has others to serve.
        let loop: any StepLoop = (isServing ? nil : loop) ?? OwnThread()
        let steps = ReadingSteps(self, time: time)
        loop.run(wakeup: wakeup) { steps.next() }
        return steps.outcome
    }
}

/// A sleeping worker checks at least this often whether it should stop.
private let longestSleepNanos: Int64 = 50_000_000

/// The steps of one worker.
///
/// Thread contract: `next` belongs to the thread of the steps, `outcome` to whoever waited for the last.
private final class ReadingSteps<Worker: ReadingWorker & ~Copyable>: @unchecked Sendable {
    private var worker: Worker
    private let time: TimeSource

    init(_ worker: consuming Worker, time: TimeSource) {
        self.worker = worker
        self.time = time
    }

    func next() -> NextStep {
        switch worker.step() {
        case .again: .again
        case .wait: .wait(until: time.now() + longestSleepNanos)
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
            let next = now + longestSleepNanos
            wakeup.wait(until: isHeld ? next : min(end, next))
        }
    }
}
