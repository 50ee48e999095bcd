import RecordFormat

/// How far one group was behind in one partition, at one moment.
public struct LagSample: Equatable, Sendable {
    public var group: String
    public var partition: TopicPartition
    /// The next offset that the group will read.
    public var position: Offset
    public var logEndOffset: Offset
    public var records: Int64
    /// The age of the oldest record that the group has not read, by its timestamp: 0 where there is
    /// none, nil where retention took the record before it could be asked.
    public var milliseconds: Int64?
}

/// Consumer lag by group and partition, as MEASUREMENT defines it: log end offset − position, and
/// the age of the oldest unconsumed record.
///
/// Thread contract: any thread; reads only what targets and boards give to any thread.
struct LagSampler {
    let target: any LoadTarget
    let boards: [GroupBoard]

    func sample(unixMillis: Int64) -> [LagSample] {
        boards.flatMap { board in
            // Positions first: a record appended in between makes the lag larger, never negative.
            zip(board.positions.indices, board.positions).map { index, position in
                sample(board.group, index, position: position, unixMillis: unixMillis)
            }
        }
    }

    private func sample(
        _ group: String, _ index: Int, position: Offset, unixMillis: Int64
    ) -> LagSample {
        let end = target.logEndOffset(of: index)
        let records = max(end - position, 0)
        var age: Int64? = 0
        if records > 0 {
            age = target.timestamp(at: position, of: index).map { max(unixMillis - $0, 0) }
        }
        return LagSample(
            group: group, partition: target.partitions[index], position: position,
            logEndOffset: end, records: records, milliseconds: age)
    }
}
