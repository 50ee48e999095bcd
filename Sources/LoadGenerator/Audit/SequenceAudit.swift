/// What a consumer found wrong with the records that it was delivered.
public struct AuditCounts: Equatable, Sendable {
    /// Acknowledged records that never arrived.
    public var lost: UInt64 = 0
    /// Deliveries of a record that had been delivered before.
    public var duplicated: UInt64 = 0
    /// Records that arrived after a later one of the same producer and partition.
    public var reordered: UInt64 = 0
    /// Records whose batch, stamp or value was damaged.
    public var corrupt: UInt64 = 0
    /// Records that this run did not write; they are skipped, and no fault.
    public var foreign: UInt64 = 0

    public init() {}

    public static func += (total: inout AuditCounts, part: AuditCounts) {
        total.lost += part.lost
        total.duplicated += part.duplicated
        total.reordered += part.reordered
        total.corrupt += part.corrupt
        total.foreign += part.foreign
    }

    /// Whether every record arrived once, in order and whole.
    public var isClean: Bool { lost == 0 && duplicated == 0 && reordered == 0 && corrupt == 0 }
}

/// Follows the sequence numbers of one producer in one partition, as one consumer group sees them.
///
/// The common case, the next number, is one comparison. Numbers that were skipped are kept as ranges
/// until they arrive (reordered) or the run ends (lost).
struct SequenceAudit {
    /// More separate gaps than this are no longer told apart: their records count as lost at once.
    static let maximumGaps = 65_536

    private(set) var next: UInt64
    private(set) var duplicated: UInt64 = 0
    private(set) var reordered: UInt64 = 0
    /// Numbers skipped so far: sorted, disjoint, all below `next`.
    private var gaps: [Range<UInt64>] = []
    private var unrememberedLosses: UInt64 = 0

    /// - Parameter first: the number that the consumer must see first: 0 when it reads a partition
    ///   from before the run's first record, else the first number that it meets.
    init(first: UInt64 = 0) {
        next = first
    }

    @inline(__always)
    mutating func observe(_ sequence: UInt64) {
        if sequence == next {
            next += 1
        } else {
            observeOutOfOrder(sequence)
        }
    }

    private mutating func observeOutOfOrder(_ sequence: UInt64) {
        if sequence > next {
            if gaps.count < Self.maximumGaps {
                gaps.append(next..<sequence)
            } else {
                unrememberedLosses += sequence - next
            }
            next = sequence + 1
        } else if closeGap(at: sequence) {
            reordered += 1
        } else {
            duplicated += 1
        }
    }

    /// Takes one number out of the gap that holds it; false where no gap does.
    private mutating func closeGap(at sequence: UInt64) -> Bool {
        var low = 0
        var high = gaps.count
        while low < high {
            let middle = (low + high) / 2
            if gaps[middle].upperBound <= sequence { low = middle + 1 } else { high = middle }
        }
        guard low < gaps.count, gaps[low].contains(sequence) else { return false }
        let gap = gaps[low]
        let pieces = [gap.lowerBound..<sequence, (sequence + 1)..<gap.upperBound]
        gaps.replaceSubrange(low...low, with: pieces.filter { !$0.isEmpty })
        return true
    }

    /// How many of the producer's acknowledged records never arrived.
    ///
    /// - Parameters:
    ///   - end: one past the last number that the producer used.
    ///   - unacknowledged: ranges that the target refused or never answered; they may or may not be
    ///     there, and neither is a fault.
    func lost(before end: UInt64, unacknowledged: [Range<UInt64>]) -> UInt64 {
        var missing = gaps
        if next < end { missing.append(next..<end) }
        var lost = unrememberedLosses
        for range in missing {
            lost += UInt64(range.count)
            for excused in unacknowledged {
                lost -= UInt64(range.clamped(to: excused).count)
            }
        }
        return lost
    }
}
