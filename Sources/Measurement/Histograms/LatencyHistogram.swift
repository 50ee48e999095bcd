import Histogram

/// Latencies in nanoseconds with three significant digits; none is dropped.
///
/// The counts are in an HdrHistogram whose range grows with the recorded values, so no value is
/// clipped. A value of zero or less comes from clocks that disagree; it is counted in
/// `nonPositiveCount` *and* recorded in the lowest bucket, so `count` is always the number of
/// records measured.
///
/// A value type without locks: one thread owns it. Workers and reporter share it through
/// `IntervalHistograms`.
public struct LatencyHistogram: Sendable {
    @usableFromInline var histogram: Histogram<UInt64>

    /// How many of the recorded values were zero or negative.
    public private(set) var nonPositiveCount: UInt64 = 0

    /// The range that is reserved at once. Growing allocates on the recording thread, so the range
    /// covers any reasonable run.
    public static let reservedRangeNanos: Int64 = 3_600_000_000_000

    /// An empty histogram.
    /// - Parameter rangeNanos: the values for which space is reserved now (8 KiB for each doubling
    ///   beyond 2048 ns); larger ones grow the histogram when they come.
    public init(rangeNanos: Int64 = LatencyHistogram.reservedRangeNanos) {
        histogram = Histogram(
            highestTrackableValue: UInt64(max(rangeNanos, 2)),
            numberOfSignificantValueDigits: .three)
        histogram.autoResize = true
    }

    /// Records one latency, `count` times. A few nanoseconds; allocates only to grow its range.
    @inlinable
    public mutating func record(_ nanos: Int64, count: UInt64 = 1) {
        assert(count > 0)
        if nanos > 0 {
            histogram.record(UInt64(bitPattern: nanos), count: count)
        } else {
            recordNonPositive(count: count)
        }
    }

    @usableFromInline
    mutating func recordNonPositive(count: UInt64) {
        nonPositiveCount += count
        histogram.record(0, count: count)
    }

    /// Adds every count of `other`: the same as having recorded both into one.
    public mutating func add(_ other: LatencyHistogram) {
        guard other.count > 0 else { return }
        histogram.add(other.histogram)
        nonPositiveCount += other.nonPositiveCount
    }

    /// Removes everything; the range keeps its width.
    public mutating func reset() {
        self = emptied()
    }

    /// An empty histogram with the range that this one has grown to.
    ///
    /// A new histogram, because clearing one in place runs the package's unspecialised generic
    /// code, which takes four times as long.
    func emptied() -> LatencyHistogram {
        LatencyHistogram(rangeNanos: Int64(clamping: histogram.highestTrackableValue))
    }

    // MARK: Reading

    @inlinable public var count: UInt64 { histogram.totalCount }
    @inlinable public var isEmpty: Bool { histogram.totalCount == 0 }

    /// The largest value recorded, exactly; 0 when empty.
    public var maximum: Int64 { Int64(clamping: histogram.maxRecorded) }

    /// The smallest value recorded, exactly; 0 when empty or when a value was not positive.
    public var minimum: Int64 { isEmpty ? 0 : Int64(clamping: histogram.min) }

    /// The highest value that needs no growth.
    public var rangeNanos: Int64 { Int64(clamping: histogram.highestTrackableValue) }

    /// The count of the bucket that holds `nanos`; 0 beyond the range.
    public func count(at nanos: Int64) -> UInt64 {
        guard nanos >= 0, nanos <= maximum else { return 0 }
        return histogram.countForValue(UInt64(nanos))
    }
}

extension LatencyHistogram: Equatable {
    /// Equal if the same buckets hold the same counts, whatever the ranges.
    public static func == (a: LatencyHistogram, b: LatencyHistogram) -> Bool {
        a.count == b.count && a.nonPositiveCount == b.nonPositiveCount && a.maximum == b.maximum
            && a.minimum == b.minimum && a.recordedBuckets.elementsEqual(b.recordedBuckets)
    }
}
