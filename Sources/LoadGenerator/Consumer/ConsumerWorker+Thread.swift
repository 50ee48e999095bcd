import Measurement

extension ConsumerWorker {
    /// What a worker leaves behind. Its audit is complete once the producers' ledgers are known.
    struct Outcome: Sendable {
        /// `isDrained` says whether the partition was read to the producers' end.
        var audits: [(partition: Int, isDrained: Bool, audit: PartitionAudit)]
        var failure: TargetError?

        /// What was found wrong, held against what the producers sent.
        func counts(ledgers: [ProducerLedger]) -> AuditCounts {
            audits.reduce(into: AuditCounts()) { counts, entry in
                counts += entry.audit.counts(
                    partition: entry.partition, isDrained: entry.isDrained, ledgers: ledgers)
            }
        }
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
