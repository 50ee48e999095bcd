import HeapModule
import RecordFormat

/// Which partitions are to be looked at: those to which something has happened, and those whose
/// time has come.
///
/// Thread contract: a value with one owner.
struct DuePartitions: Sendable {
    private struct Time: Comparable, Sendable {
        var atMs: Int64
        var partition: TopicPartition

        static func < (one: Time, other: Time) -> Bool { one.atMs < other.atMs }
    }

    /// In the order in which it happened, each once.
    private var touched: [TopicPartition] = []
    private var isTouched: Set<TopicPartition> = []
    private var times = Heap<Time>()

    mutating func touch(_ partition: TopicPartition) {
        if isTouched.insert(partition).inserted { touched.append(partition) }
    }

    /// Something follows from time alone; an earlier one stays, and does no harm.
    mutating func touch(_ partition: TopicPartition, atMs: Int64) {
        times.insert(Time(atMs: atMs, partition: partition))
    }

    /// Those to look at now; they are forgotten here.
    mutating func take(nowMs: Int64) -> [TopicPartition] {
        while let first = times.min, first.atMs <= nowMs {
            touch(times.removeMin().partition)
        }
        defer {
            touched.removeAll(keepingCapacity: true)
            isTouched.removeAll(keepingCapacity: true)
        }
        return touched
    }

    var nextMs: Int64? { times.min?.atMs }
}
