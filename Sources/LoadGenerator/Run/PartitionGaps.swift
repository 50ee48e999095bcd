import Measurement
import RecordFormat

/// The longest time in which a partition did not do what it was asked to.
public struct PartitionGap: Equatable, Sendable {
    public var partition: TopicPartition
    public var nanos: Int64
    /// From the measured window's start to the gap's.
    public var startNanos: Int64
}

/// By partition, the longest time without an acknowledgement, or without a delivered record, while
/// some record was waiting for it. A time in which nothing was due is no gap.
///
/// Thread contract: safe from any thread; a partition's lock is taken once a batch.
final class PartitionGaps: Sendable {
    private struct Gap {
        var last = Int64.min
        var longest: Int64 = 0
        var start: Int64 = 0
    }

    private final class Cell: Sendable {
        let gap = CheckedMutex(Gap())
    }

    private let cells: [Cell]

    init(partitionCount: Int) { cells = (0..<partitionCount).map { _ in Cell() } }

    /// A batch has come through, or was given up.
    ///
    /// - Parameters:
    ///   - now: when, by the monotonic clock.
    ///   - due: when its first record was due.
    ///   - isDelivered: whether it came through: then the next gap begins.
    func note(at now: Int64, due: Int64, of partition: Int, isDelivered: Bool = true) {
        cells[partition].gap.withLock { gap in
            let start = max(gap.last, due)
            if now - start > gap.longest {
                gap.longest = now - start
                gap.start = start
            }
            if isDelivered { gap.last = max(gap.last, now) }
        }
    }

    /// Of each partition that was used.
    func longest(of partitions: [TopicPartition], from windowStart: Int64) -> [PartitionGap] {
        zip(partitions, cells).compactMap { partition, cell in
            let gap = cell.gap.withLock { $0 }
            guard gap.longest > 0 else { return nil }
            return PartitionGap(
                partition: partition, nanos: gap.longest, startNanos: gap.start - windowStart)
        }
    }
}

extension [PartitionGap] {
    /// The longest of all; nil if there is none.
    public var longest: PartitionGap? { self.max { $0.nanos < $1.nanos } }
}
