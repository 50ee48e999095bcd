import Measurement

extension ProducerWorker {
    /// A worker's results.
    struct Outcome: Sendable {
        var sent: [SentSequences]
        var usage: WorkerUsage
        /// Records that were due before the end and were not taken.
        var unsentRecords: UInt64
        var failure: TargetError?
        var slowest: SlowRecords
    }

    /// A sleeping worker checks at least this often whether it should stop.
    private static let longestSleepNanos: Int64 = 50_000_000

    /// Steps to the end.
    consuming func run(time: TimeSource, wakeup: Wakeup) -> Outcome {
        let start = time.now()
        stepping: while true {
            switch step() {
            case .again: continue
            case .wait(let until):
                let asleepSince = time.now()
                wakeup.wait(until: min(until, asleepSince + Self.longestSleepNanos))
                // The next step counts the time in which due records were held back.
                if waitingStalledSince == nil { usage.idleNanos += time.now() - asleepSince }
            case .finished: break stepping
            }
        }
        var usage = self.usage
        usage.wallNanos = time.now() - start
        return Outcome(
            sent: sentSequences(), usage: usage, unsentRecords: unsentRecords(), failure: failure,
            slowest: slowest)
    }
}
