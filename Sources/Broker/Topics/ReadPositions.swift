import CommitLog
import NIOCore
import RecordFormat

/// A connection's read position in each partition, so that its next fetch need not search.
///
/// A cursor keeps its segment's file open; cursors that were not used since the last look are
/// dropped, so that a client that fell silent does not keep a deleted segment's disk space. Thread
/// contract: one owner at a time.
struct ReadPositions {
    /// A client that reads more partitions over one connection searches for some of them.
    static let maximumCount = 2048

    private struct Position {
        var log: PartitionLog
        var cursor: FetchCursor
        var isUsed: Bool
    }

    private var positions: [TopicPartition: Position] = [:]

    var count: Int { positions.count }

    /// Reads on in `log`, batches that end at or below `end`; a topic that was made anew is another
    /// log.
    mutating func read(
        _ log: PartitionLog, from offset: Offset, maxBytes: Int, below end: Offset
    ) throws(LogError) -> FileSlice? {
        // Taken out while it is used, so that it is not copied.
        var position = Position(log: log, cursor: FetchCursor(), isUsed: true)
        if let known = positions.removeValue(forKey: log.topicPartition), known.log === log {
            position = known
        }
        let slice = try log.read(
            from: offset, maxBytes: maxBytes, below: end, cursor: &position.cursor)
        position.isUsed = true
        if positions.count >= Self.maximumCount { positions.removeAll() }
        positions[log.topicPartition] = position
        return slice
    }

    mutating func releaseIdle() {
        for key in Array(positions.keys) {
            if positions[key]?.isUsed == true {
                positions[key]?.isUsed = false
            } else {
                positions[key] = nil
            }
        }
    }

    mutating func removeAll() { positions.removeAll() }
}
