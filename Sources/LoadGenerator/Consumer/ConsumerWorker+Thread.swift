import Measurement

extension ConsumerWorker {
    /// A worker's results.
    struct Outcome: Sendable {
        /// `isDrained`: whether each partition was read to the producers' end.
        var audits: [(isDrained: Bool, audit: PartitionAudit)]
        var failure: TargetError?
    }

    /// A sleeping worker checks at least this often whether it should stop.
    static let longestSleepNanos: Int64 = 50_000_000

    /// Steps to the end.
    consuming func run(time: TimeSource, wakeup: Wakeup) -> Outcome {
        stepping: while true {
            switch step() {
            case .again: continue
            case .wait: wakeup.wait(until: time.now() + Self.longestSleepNanos)
            case .finished: break stepping
            }
        }
        return outcome()
    }
}

extension GroupBoard {
    /// Sleeps as a worker that works on its records: until a time, or until the group is stopped.
    func sleep(until end: Int64, time: TimeSource, wakeup: Wakeup) {
        while !isStopped {
            let now = time.now()
            guard now < end else { return }
            wakeup.wait(until: min(end, now + ConsumerWorker.longestSleepNanos))
        }
    }
}
