/// A set of offsets, as ranges: sorted, disjoint, and none next to another.
///
/// Adding and removing cost what the ranges behind them take to move.
///
/// Thread contract: a value with one owner.
public struct OffsetRanges: Hashable, Sendable {
    /// Both ends are in the range.
    public typealias Range = ClosedRange<Offset>

    public private(set) var ranges: [Range] = []

    public init() {}

    /// - Parameter ranges: in any order; they may overlap.
    public init(_ ranges: some Sequence<Range>) {
        for range in ranges { insert(range) }
    }

    public var isEmpty: Bool { ranges.isEmpty }

    /// How many offsets there are, or the largest number where that is too small.
    public var count: Int64 {
        ranges.reduce(0) { sum, range in
            let (total, overflow) = sum.addingReportingOverflow(Self.count(of: range))
            return overflow ? .max : total
        }
    }

    /// How many offsets a range has; its ends may be any that are not negative.
    public static func count(of range: Range) -> Int64 {
        let distance = range.upperBound - range.lowerBound
        return distance == .max ? .max : distance + 1
    }

    public func contains(_ range: Range) -> Bool {
        let place = firstPlace(endingFrom: range.lowerBound)
        guard place < ranges.count else { return false }
        return ranges[place].lowerBound <= range.lowerBound
            && range.upperBound <= ranges[place].upperBound
    }

    /// The parts of a range that are in the set, in order.
    public func intersection(_ range: Range) -> [Range] {
        var parts: [Range] = []
        var place = firstPlace(endingFrom: range.lowerBound)
        while place < ranges.count, ranges[place].lowerBound <= range.upperBound {
            parts.append(ranges[place].clamped(to: range))
            place += 1
        }
        return parts
    }

    /// The parts of a range that are not in the set, in order.
    public func missing(in range: Range) -> [Range] {
        var parts: [Range] = []
        var next = range.lowerBound
        for part in intersection(range) {
            if next < part.lowerBound { parts.append(next...part.lowerBound.advanced(by: -1)) }
            guard part.upperBound < range.upperBound else { return parts }
            next = part.upperBound.advanced(by: 1)
        }
        parts.append(next...range.upperBound)
        return parts
    }

    public mutating func insert(_ range: Range) {
        // The usual place is the end.
        if let last = ranges.last {
            if last.upperBound < range.lowerBound {
                if range.lowerBound - last.upperBound == 1 {
                    ranges[ranges.count - 1] = last.lowerBound...range.upperBound
                } else {
                    ranges.append(range)
                }
                return
            }
        } else {
            return ranges.append(range)
        }
        // From the first range that overlaps or touches it, to the last one.
        let before =
            range.lowerBound.rawValue > 0 ? range.lowerBound.advanced(by: -1) : range.lowerBound
        let first = firstPlace(endingFrom: before)
        var end = first
        var (lower, upper) = (range.lowerBound, range.upperBound)
        while end < ranges.count,
            ranges[end].lowerBound <= upper || ranges[end].lowerBound - upper == 1
        {
            lower = min(lower, ranges[end].lowerBound)
            upper = max(upper, ranges[end].upperBound)
            end += 1
        }
        ranges.replaceSubrange(first..<end, with: CollectionOfOne(lower...upper))
    }

    public mutating func remove(_ range: Range) {
        let first = firstPlace(endingFrom: range.lowerBound)
        var end = first
        var left: [Range] = []
        while end < ranges.count, ranges[end].lowerBound <= range.upperBound {
            let old = ranges[end]
            if old.lowerBound < range.lowerBound {
                left.append(old.lowerBound...range.lowerBound.advanced(by: -1))
            }
            if old.upperBound > range.upperBound {
                left.append(range.upperBound.advanced(by: 1)...old.upperBound)
            }
            end += 1
        }
        ranges.replaceSubrange(first..<end, with: left)
    }

    /// The place of the first range that ends at an offset or behind it.
    private func firstPlace(endingFrom offset: Offset) -> Int {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < offset { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
