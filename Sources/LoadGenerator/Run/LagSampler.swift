import RecordFormat

/// How far one group was behind in one partition, at one moment.
public struct LagSample: Equatable, Sendable {
    public var group: String
    public var partition: TopicPartition
    /// The next offset that the group will read.
    public var position: Offset
    public var logEndOffset: Offset
    public var records: Int64
    /// The offset that the group has committed last; nil before its first commit in this run.
    public var committed: Offset?
    /// The age of the oldest record that the group has not read: 0 if there is none, nil if
    /// retention deleted the record before it could be looked up. For this run's records it is the
    /// time since they were due, to the nanosecond; for others it comes from their timestamp, in
    /// milliseconds.
    public var ageNanos: Int64?
}

/// Consumer lag by group and partition: log end offset − position, and the age of the oldest
/// unconsumed record.
///
/// Thread contract: safe from any thread.
struct LagSampler {
    let target: any LoadTarget
    let boards: [GroupBoard]
    /// Nil without a ledger; then ages come from the target's timestamps.
    let ledger: DeliveryLedger?
    let time: TimeSource
    /// Add to monotonic nanoseconds to get Unix nanoseconds.
    let unixOffsetNanos: Int64

    func sample() -> [LagSample] {
        boards.flatMap { board in
            // Positions first: a record appended in between makes the lag larger, never negative.
            let places = board.places
            let committed = board.committed
            return board.partitions.map { index in
                sample(
                    board, index, position: places[index].position,
                    nextEntry: places[index].nextEntry, committed: committed?[index])
            }
        }
    }

    private func sample(
        _ board: GroupBoard, _ index: Int, position: Offset, nextEntry: Int, committed: Offset?
    ) -> LagSample {
        // Of a cluster the end is told later than the records come: it is at least where the group reads.
        let end = max(target.logEndOffset(of: index), position)
        let records = end - position
        // The clock is read after the end offset, so the record was due before.
        let age =
            records > 0
            ? age(at: position, nextEntry: nextEntry, of: index, now: time.now())
                // What a share group has got, and not acknowledged, is no older than what it has got.
                ?? (board.shared == nil || !isOwn(position, of: index) ? nil : 0)
            : 0
        return LagSample(
            group: board.group, partition: target.partitions[index], position: position,
            logEndOffset: end, records: records, committed: committed, ageNanos: age)
    }

    /// Whether the record is the run's.
    private func isOwn(_ position: Offset, of index: Int) -> Bool {
        ledger.map { position >= $0.partitions[index].firstOffset } ?? false
    }

    private func age(at position: Offset, nextEntry: Int, of index: Int, now: Int64) -> Int64? {
        if isOwn(position, of: index), let ledger,
            let due = ledger.intendedNanos(atOrAfter: nextEntry, of: index)
        {
            return max(now - due, 0)
        }
        // A record of an earlier run, or of another program.
        return target.timestamp(at: position, of: index).map { timestampMillis in
            let unixMillis = (now + unixOffsetNanos) / 1_000_000
            return max(unixMillis - timestampMillis, 0) * 1_000_000
        }
    }
}
