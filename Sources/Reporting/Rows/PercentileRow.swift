import Measurement

/// One row of `percentiles.csv`: the distribution of a latency, dense towards its tail.
public struct PercentileRow: TableRow, Equatable {
    public static let fileName = "percentiles.csv"
    public static let holds = "one row for each kind of latency and percentile"

    public var run: RunName
    public var kind: LatencyKind
    /// The consumer group of an end-to-end latency.
    public var group: String?
    public var percentile: Double
    public var valueNanos: Int64
    /// Records at or below the value.
    public var countAtOrBelow: UInt64

    /// The distribution of one histogram, as far into the tail as its count allows: the last step
    /// before 100 leaves at least one record above it.
    public static func distribution(
        of histogram: LatencyHistogram, kind: LatencyKind, group: String? = nil, run: RunName
    ) -> [PercentileRow] {
        let grid = grid(count: histogram.count)
        guard let values = histogram.percentiles(grid) else { return [] }
        var buckets = histogram.recordedBuckets.makeIterator()
        var next = buckets.next()
        var seen: UInt64 = 0
        return zip(grid, values).map { percentile, value in
            while let bucket = next, bucket.lowestNanos <= value {
                seen += bucket.count
                next = buckets.next()
            }
            return PercentileRow(
                run: run, kind: kind, group: group, percentile: percentile, valueNanos: value,
                countAtOrBelow: seen)
        }
    }

    /// 0, then 18 steps to 90, 18 to 99, 18 to 99.9 …, then 100.
    ///
    /// About evenly spaced on the 1/(1−p) axis of latency charts; computed from whole numbers, so
    /// that 99.9 is 99.9.
    static func grid(count: UInt64) -> [Double] {
        guard count > 0 else { return [] }
        var grid: [Double] = [0]
        for decade in 0..<decadeLimit {
            let unit = pow10(decade)
            for step in 1...18 {
                // 100 − percentile, in units of this decade.
                let distance = Double(100 - 5 * step)
                guard Double(count) * distance >= 100 * unit else { return grid + [100] }
                grid.append((100 * unit - distance) / unit)
            }
        }
        return grid + [100]
    }

    /// The last decade of the grid ends at 99.9999.
    private static let decadeLimit = 6

    private static func pow10(_ exponent: Int) -> Double {
        (0..<exponent).reduce(1) { product, _ in product * 10 }
    }

    public static let columns: [Column<PercentileRow>] =
        Column.naming(\.run) + [
            .text(
                "latency",
                "`send_delay`, `service_latency`, `response_latency` or `e2e_latency`."
            ) { $0.kind.rawValue },
            .text("group", "The consumer group of an end-to-end latency; else empty.") { $0.group },
            .decimal("percentile", "0…100; 0 is the minimum, 100 the maximum.", digits: 6) {
                $0.percentile
            },
            .micros("value_us", "The latency that this share of the records stays within.") {
                $0.valueNanos
            },
            .integer("total_count", "Records at or below the value.") { $0.countAtOrBelow },
            .decimal(
                "one_by_one_minus_percentile",
                "1 ÷ (1 − percentile/100), the axis of the tail; empty at 100, where it is infinite.",
                digits: 2
            ) { $0.percentile < 100 ? 100 / (100 - $0.percentile) : nil },
        ]
}
