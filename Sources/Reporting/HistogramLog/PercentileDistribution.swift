import Foundation
import Measurement

/// A latency's distribution as the text that HdrHistogram's `outputPercentileDistribution` prints and
/// its plotter reads: `.hgrm`.
///
/// Percentiles go up in five steps for each halving of the distance to 100, as in HdrHistogram's own
/// Java and C; a value is the highest of its bucket. A line that begins with `#` is a comment.
public struct PercentileDistribution: Sendable {
    /// The unit of the values. The file does not state it; the plotter's user labels the axis.
    public enum Unit: String, Sendable, CaseIterable {
        case nanoseconds = "ns"
        case microseconds = "us"
        case milliseconds = "ms"

        /// HdrHistogram's output value unit scaling ratio, for values that are nanoseconds.
        var nanos: Double {
            switch self {
            case .nanoseconds: 1
            case .microseconds: 1_000
            case .milliseconds: 1_000_000
            }
        }
    }

    struct Step: Equatable {
        var valueNanos: Int64
        /// 0…1.
        var percentile: Double
        /// Records at or below the value.
        var totalCount: UInt64
    }

    private static let stepsPerHalving = 5.0

    private let histogram: LatencyHistogram

    public init(_ histogram: LatencyHistogram) {
        self.histogram = histogram
    }

    /// From the smallest value to the largest, whose percentile is 1.
    var steps: [Step] {
        var steps: [Step] = []
        var (level, seen) = (0.0, UInt64(0))
        for bucket in histogram.recordedBuckets {
            seen += bucket.count
            let reached = 100 * Double(seen) / Double(histogram.count)
            while level <= reached {
                steps.append(
                    Step(
                        valueNanos: bucket.highestNanos, percentile: level / 100, totalCount: seen))
                level += Self.distance(from: level)
                // The largest value gets a step at its own percentile, and then that of 100.
                if seen == histogram.count { break }
            }
        }
        guard var last = steps.last else { return [] }
        last.percentile = 1
        return steps + [last]
    }

    /// To the next percentile.
    private static func distance(from level: Double) -> Double {
        let halvings = (log(100 / (100 - level)) / log(2)).rounded(.down)
        return 100 / (stepsPerHalving * pow(2, halvings + 1))
    }

    public func text(in unit: Unit) -> String {
        let header = ["Value", "Percentile", "TotalCount", "1/(1-Percentile)"]
        var lines = [zip(header, [12, 14, 10, 14]).map(padded).joined(separator: " "), ""]
        for step in steps {
            var fields = [
                padded(decimal(Double(step.valueNanos) / unit.nanos), 12),
                CSV.decimal(step.percentile, digits: 12)!, padded("\(step.totalCount)", 10),
            ]
            if step.percentile < 1 {
                fields.append(padded(CSV.decimal(1 / (1 - step.percentile), digits: 2)!, 14))
            }
            lines.append(fields.joined(separator: " "))
        }
        func footer(_ a: String, _ valueA: String, _ b: String, _ valueB: String) -> String {
            "#[\(a) = \(padded(valueA, 12)), \(b) = \(padded(valueB, 12))]"
        }
        let (mean, deviation) = moments
        let largest = steps.last?.valueNanos ?? 0
        lines += [
            footer(
                "Mean   ", decimal(mean / unit.nanos), "StdDeviation  ",
                decimal(deviation / unit.nanos)),
            footer(
                "Max    ", decimal(Double(largest) / unit.nanos), "Total count   ",
                "\(histogram.count)"),
            footer(
                "Buckets", "\(bucketCount)", "SubBuckets    ", "\(BucketLayout.subBucketCount)"),
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    /// Mean and standard deviation of the buckets' middles, in nanoseconds.
    private var moments: (mean: Double, deviation: Double) {
        guard !histogram.isEmpty else { return (0, 0) }
        // HdrHistogram's middle of a bucket is a whole number.
        func middle(_ bucket: LatencyHistogram.Bucket) -> Double {
            Double(bucket.lowestNanos + (bucket.highestNanos - bucket.lowestNanos + 1) / 2)
        }
        let count = Double(histogram.count)
        let mean =
            histogram.recordedBuckets.reduce(0.0) { $0 + middle($1) * Double($1.count) } / count
        let squares = histogram.recordedBuckets.reduce(0.0) { sum, bucket in
            let distance = middle(bucket) - mean
            return sum + distance * distance * Double(bucket.count)
        }
        return (mean, (squares / count).squareRoot())
    }

    /// Doublings that the histogram's range takes.
    private var bucketCount: Int {
        let doublings = Int64.bitWidth - histogram.rangeNanos.leadingZeroBitCount
        return max(doublings - BucketLayout.subBucketCountMagnitude, 0) + 1
    }

    private func decimal(_ number: Double) -> String {
        CSV.decimal(number, digits: BucketLayout.significantDigits)!
    }

    private func padded(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(width - text.count, 0)) + text
    }
}
