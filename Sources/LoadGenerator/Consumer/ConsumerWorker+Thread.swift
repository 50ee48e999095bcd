import Measurement

extension ConsumerWorker {
    /// What a worker leaves behind.
    struct Outcome: Sendable {
        /// `isDrained` says whether the partition was read to the producers' end.
        var audits: [(isDrained: Bool, audit: PartitionAudit)]
        var failure: TargetError?
    }

    /// A worker asleep looks up this often even if nobody wakes it, to see that it should stop.
    private static let longestSleepNanos: Int64 = 50_000_000

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
