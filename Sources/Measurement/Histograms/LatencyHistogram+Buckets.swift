import Histogram

extension LatencyHistogram {
    /// Neighbouring values that the histogram counts as one, and their count.
    public struct Bucket: Sendable, Equatable {
        public let lowestNanos: Int64
        public let highestNanos: Int64
        public let count: UInt64

        /// The value that represents the bucket in sums.
        var middleNanos: Double { (Double(lowestNanos) + Double(highestNanos)) / 2 }
    }

    /// Every bucket that has a count, from the lowest value to the highest.
    public var recordedBuckets: RecordedBuckets { RecordedBuckets(self) }

    /// Reads the counts through the public interface of the histogram.
    ///
    /// The package's own iterator sums count × value in 64 bits and traps on overflow, which 300
    /// million records that waited a minute cause.
    public struct RecordedBuckets: Sequence, IteratorProtocol {
        private let histogram: Histogram<UInt64>
        private var value: UInt64
        private var remaining: UInt64

        fileprivate init(_ latencies: LatencyHistogram) {
            histogram = latencies.histogram
            value = latencies.isEmpty ? 0 : latencies.histogram.min
            value = histogram.lowestEquivalentForValue(value)
            remaining = histogram.totalCount
        }

        public mutating func next() -> Bucket? {
            while remaining > 0 {
                let lowest = value
                let count = histogram.countForValue(lowest)
                value = histogram.nextNonEquivalentForValue(lowest)
                guard count > 0 else { continue }
                remaining -= count
                return Bucket(
                    lowestNanos: Int64(clamping: lowest), highestNanos: Int64(clamping: value - 1),
                    count: count)
            }
            return nil
        }
    }

    // MARK: Percentiles and moments

    /// The value below or at which `percentile` percent of the records lie: the highest value of
    /// the bucket that holds that record, never above the maximum. Nil when nothing was recorded.
    /// - Parameter percentile: 0…100; 0 is the minimum, 100 the maximum.
    public func percentile(_ percentile: Double) -> Int64? {
        percentiles([percentile])?.first
    }

    /// Several percentiles in one pass over the counts, in the order asked for.
    public func percentiles(_ wanted: [Double]) -> [Int64]? {
        guard !isEmpty else { return nil }
        var values = [Int64](repeating: maximum, count: wanted.count)
        var pending = wanted.indices.sorted { wanted[$0] < wanted[$1] }[...]
        var seen: UInt64 = 0
        for bucket in recordedBuckets {
            seen += bucket.count
            while let next = pending.first, rank(of: wanted[next]) <= seen {
                let highest = min(bucket.highestNanos, maximum)
                values[next] = wanted[next] <= 0 ? minimum : max(highest, minimum)
                pending.removeFirst()
            }
            if pending.isEmpty { break }
        }
        return values
    }

    /// The rank, from 1, of the record at the percentile. The step down by one unit of floating
    /// point makes 90 % of 10 records the ninth and not the tenth.
    func rank(of percentile: Double) -> UInt64 {
        let share = min(max(percentile.nextDown, 0), 100) / 100
        return min(max(UInt64((share * Double(count)).rounded(.up)), 1), count)
    }

    /// The mean in nanoseconds, within the precision of the buckets; nil when empty.
    public var mean: Double? {
        guard !isEmpty else { return nil }
        var sum = 0.0
        for bucket in recordedBuckets { sum += bucket.middleNanos * Double(bucket.count) }
        return sum / Double(count)
    }

    /// The standard deviation of the population recorded, in nanoseconds; nil when empty.
    public var standardDeviation: Double? {
        guard let mean else { return nil }
        var sum = 0.0
        for bucket in recordedBuckets {
            let distance = bucket.middleNanos - mean
            sum += distance * distance * Double(bucket.count)
        }
        return (sum / Double(count)).squareRoot()
    }
}
