import RecordFormat
import Synchronization

/// Chooses the log with the largest dirty share, cleans it, and remembers up to where, in Kafka's
/// `cleaner-offset-checkpoint`.
///
/// A log that cannot be cleaned, because it is damaged or one batch's keys exceed the map, is left
/// alone until the directory is opened again. Thread contract: every call from any thread; one log
/// at a time is cleaned.
final class LogCleaner: Sendable {
    private struct State {
        var cleanedThrough: [TopicPartition: Offset]
        var uncleanable: [TopicPartition: LogError] = [:]
        var lastReport: CleaningReport?
        var config: LogDirectoryConfig
    }

    private let checkpoint: OffsetCheckpoint
    private let faults: BackgroundFaults
    private let state: Locked<State>
    /// Held during a cleaning.
    private let turn = Locked(())
    let throttle: CleanerThrottle

    init(
        directory: String, config: LogDirectoryConfig, cleanedThrough: [TopicPartition: Offset],
        faults: BackgroundFaults = BackgroundFaults { _ in }
    ) {
        checkpoint = OffsetCheckpoint(path: "\(directory)/\(OffsetCheckpoint.cleaner)")
        self.faults = faults
        state = Locked(State(cleanedThrough: cleanedThrough, config: config))
        throttle = CleanerThrottle(bytesPerSecond: config.cleanerMaxBytesPerSecond)
    }

    /// Takes other settings, for the next log that is cleaned; its rate holds at once.
    func configure(_ config: LogDirectoryConfig) {
        state.withLock { $0.config = config }
        throttle.limit(to: config.cleanerMaxBytesPerSecond)
    }

    /// Up to where each log was cleaned.
    var cleanedThrough: [TopicPartition: Offset] { state.withLock { $0.cleanedThrough } }
    var lastReport: CleaningReport? { state.withLock { $0.lastReport } }
    var uncleanable: [TopicPartition: LogError] { state.withLock { $0.uncleanable } }

    /// Cleans the filthiest of the compacted logs; nil where none is worth it. One that cannot be
    /// cleaned does not keep the others from it.
    func cleanFilthiest(of partitions: [PartitionLog], nowMs: Int64) -> CleaningReport? {
        turn.withLock { _ in
            var left = partitions
            while let (partition, range) = filthiest(of: left, nowMs) {
                do throws(LogError) {
                    let report = try CleaningRound(
                        partition: partition, range: range, config: state.withLock { $0.config },
                        nowMs: nowMs, throttle: throttle
                    ).run()
                    try remember(report, of: partition)
                    if report.cleanedSegmentCount > 0 { partition.hooks.onEvent(.cleaned(report)) }
                    faults.succeeded(.compaction, at: partition.path)
                    return report
                } catch {
                    didFail(partition, error)
                    left.removeAll { $0 === partition }
                }
            }
            return nil
        }
    }

    private func filthiest(
        of partitions: [PartitionLog], _ nowMs: Int64
    ) -> (PartitionLog, CleanableRange)? {
        let (known, uncleanable) = state.withLock { ($0.cleanedThrough, $0.uncleanable) }
        var best: (PartitionLog, CleanableRange)?
        for partition in partitions where partition.config.cleanupPolicy.contains(.compact) {
            guard uncleanable[partition.topicPartition] == nil, partition.segmentCount > 1,
                !throttle.isStopped
            else { continue }
            do throws(LogError) {
                try partition.flushSealedSegments()
                let range = try partition.cleanableRange(
                    cleanedThrough: known[partition.topicPartition], nowMs: nowMs)
                guard range.isWorthCleaning(partition.config.compaction) else { continue }
                if best.map({ $0.1.dirtyRatio < range.dirtyRatio }) ?? true {
                    best = (partition, range)
                }
            } catch {
                didFail(partition, error)
            }
        }
        return throttle.isStopped ? nil : best
    }

    private func didFail(_ partition: PartitionLog, _ error: LogError) {
        faults.failed(.compaction, at: partition.path, error)
        switch error {
        case .corrupt, .invalidConfigValue:
            state.withLock { $0.uncleanable[partition.topicPartition] = error }
        default: break
        }
    }

    private func remember(
        _ report: CleaningReport, of partition: PartitionLog
    ) throws(LogError) {
        try state.withLock { (state) throws(LogError) in
            // Deleted meanwhile: another topic may have the name already.
            guard !partition.view.withLock({ $0.isClosed }) else { return }
            state.cleanedThrough[report.topicPartition] = report.endOffset
            state.lastReport = report
            try checkpoint.write(state.cleanedThrough)
        }
    }

    /// Forgets partitions that are no more, before others may get their names.
    func forget(_ topicPartitions: [TopicPartition]) throws(LogError) {
        try state.withLock { (state) throws(LogError) in
            var isChanged = false
            for topicPartition in topicPartitions {
                state.uncleanable[topicPartition] = nil
                if state.cleanedThrough.removeValue(forKey: topicPartition) != nil {
                    isChanged = true
                }
            }
            if isChanged { try checkpoint.write(state.cleanedThrough) }
        }
    }
}
