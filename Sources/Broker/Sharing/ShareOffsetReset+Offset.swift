import CommitLog
import RecordFormat

// Where a share group begins to read a partition: `share.auto.offset.reset`.

extension ShareOffsetReset {
    /// Blocks where it looks up a time.
    func offset(in log: PartitionLog, wallMs: Int64) throws(LogError) -> Int64 {
        switch self {
        case .earliest: return log.logStartOffset.rawValue
        case .latest: return log.highWatermark.rawValue
        case .byDuration(let ms):
            let (time, overflows) = wallMs.subtractingReportingOverflow(ms)
            let found = try log.offset(forTimestamp: overflows ? 0 : max(0, time))
            return (found?.offset ?? log.highWatermark).rawValue
        }
    }
}
