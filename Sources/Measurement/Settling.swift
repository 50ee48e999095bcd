/// Whether a rate had settled, or still drifted over the measured intervals.
///
/// A run whose rate rose or fell throughout has no single rate to report. Two signs are checked,
/// both relative to the median rate of the run:
///
/// - **Trend.** The Theil–Sen slope (the median of the slopes of all pairs, so that single stalls
///   do not tilt it) over the length of the series is more than 10 %, *and* a Mann–Kendall test
///   finds the trend at |z| ≥ 3 (p < 0.003), so that it is not noise.
/// - **Shift.** The median of the last third differs from that of the first by more than 30 %. In a
///   short series such a step need not be a significant trend, but noise of 10 % does not cause it.
///
/// On independent noise of 10 % fewer than 1 in 100 settled runs are called unsettled, with ten
/// intervals as with a thousand; a test checks that. Fewer than ten intervals are not judged.
public struct Settling: Sendable, Equatable {
    public enum Judgement: Sendable, Equatable { case settled, unsettled, tooShort }

    public static let minimumIntervals = 10
    public static let trendTolerance = 0.10
    public static let trendSignificance = 3.0
    public static let shiftTolerance = 0.30
    /// The most pairs that are examined: a longer series is averaged down to this many values.
    static let maximumPoints = 240

    public let judgement: Judgement
    /// The change over the whole series by the slope, relative to the median rate: 0.2 is a rate
    /// that rose by a fifth.
    public let relativeDrift: Double
    /// The last third's median relative to the first third's, as a share of the median rate.
    public let relativeShift: Double
    /// The median rates of the first and the last third, for the reason in the verdict; nil if
    /// nothing was judged.
    public let firstMedian: Double?
    public let lastMedian: Double?
    /// The Mann–Kendall z: positive for a rising rate.
    public let trendScore: Double

    /// - Parameter rates: one rate for each measured interval of equal length, in order, without
    ///   warm-up and drain.
    public init(rates: [Double]) {
        let points = Self.condensed(rates)
        guard points.count >= Self.minimumIntervals, let median = Statistics.median(points),
            median > 0
        else {
            judgement = rates.count < Self.minimumIntervals ? .tooShort : .unsettled
            relativeDrift = 0
            relativeShift = 0
            trendScore = 0
            (firstMedian, lastMedian) = (nil, nil)
            return
        }
        let third = points.count / 3
        let first = Statistics.median(Array(points.prefix(third)))!
        let last = Statistics.median(Array(points.suffix(third)))!
        let (slope, score) = Self.trend(of: points)
        relativeDrift = slope * Double(points.count - 1) / median
        relativeShift = (last - first) / median
        (firstMedian, lastMedian) = (first, last)
        trendScore = score
        let drifts =
            abs(relativeDrift) > Self.trendTolerance && abs(score) >= Self.trendSignificance
        judgement = drifts || abs(relativeShift) > Self.shiftTolerance ? .unsettled : .settled
    }

    /// The Theil–Sen slope per interval, and the Mann–Kendall score with the correction for ties.
    private static func trend(of points: [Double]) -> (slope: Double, score: Double) {
        var slopes: [Double] = []
        slopes.reserveCapacity(points.count * (points.count - 1) / 2)
        var concordance = 0.0
        for later in points.indices {
            for earlier in 0..<later {
                let change = points[later] - points[earlier]
                slopes.append(change / Double(later - earlier))
                concordance += change > 0 ? 1 : change < 0 ? -1 : 0
            }
        }
        func spread(_ n: Double) -> Double { n * (n - 1) * (2 * n + 5) / 18 }
        var variance = spread(Double(points.count))
        var tie = 1.0
        let sorted = points.sorted()
        for index in sorted.indices.dropFirst() {
            if sorted[index] == sorted[index - 1] {
                tie += 1
            } else {
                variance -= spread(tie)
                tie = 1
            }
        }
        variance -= spread(tie)
        guard concordance != 0, variance > 0 else { return (Statistics.median(slopes)!, 0) }
        let continuity: Double = concordance > 0 ? -1 : 1
        return (Statistics.median(slopes)!, (concordance + continuity) / variance.squareRoot())
    }

    private static func condensed(_ rates: [Double]) -> [Double] {
        let group = (rates.count + maximumPoints - 1) / maximumPoints
        guard group > 1 else { return rates }
        return stride(from: 0, to: rates.count - group + 1, by: group).map {
            Statistics.mean(Array(rates[$0..<$0 + group]))!
        }
    }
}
