public import RecordFormat

extension PartitionLog {
    /// The largest leader epoch of this log that is not above `epoch`, and the offset where it
    /// ends: Kafka's OffsetsForLeaderEpoch. Below the first epoch it is `epoch` itself, which ends
    /// where the first begins. Nil for an epoch that is none or still to come. Reads a file: no
    /// epoch begins while the log is open, and few ask.
    public func endOffset(
        of epoch: LeaderEpoch
    ) throws(LogError) -> (epoch: LeaderEpoch, offset: Offset)? {
        guard epoch.rawValue >= 0 else { return nil }
        let entries = try LeaderEpochCheckpoint.loadOrCreate(in: path).entries
        guard let latest = entries.last else {
            return epoch.rawValue == 0 ? (epoch, logEndOffset) : nil
        }
        if epoch > latest.epoch { return nil }
        if epoch == latest.epoch { return (epoch, logEndOffset) }
        let nextIndex = entries.firstIndex { $0.epoch > epoch } ?? entries.count - 1
        let end = entries[nextIndex].startOffset
        return (nextIndex == 0 ? epoch : entries[nextIndex - 1].epoch, end)
    }
}
