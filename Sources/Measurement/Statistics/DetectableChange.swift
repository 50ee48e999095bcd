import Glibc

/// The smallest change of a figure that repetitions like these would show, and how many repetitions
/// would show the change that they have measured.
///
/// The change is shown by a Mann–Whitney test in four of five comparisons (a power of 80 %), if the
/// logarithms of the values vary as those given do, about normally: then the test needs π/3 times the
/// values of a t-test (Lehmann, *Nonparametrics*, 1975, section 2.4). On logarithms a change is a factor,
/// and the long tail of a latency weighs less.
public struct DetectableChange: Sendable, Equatable {
    /// Of the baseline's median; 0.08 is 8 % up or down. Nil where so few repetitions show no change, however
    /// large.
    public let share: Double?
    /// Of each variant; nil if no number up to `mostRepetitions` does.
    public let repetitions: Int?

    public static let mostRepetitions = 1_000
    /// The quantile of 0.8.
    private static let powerQuantile = 0.841_621_233_572_914
    /// The spread of fewer values is not known.
    private static let fewest = 3

    /// Nil for fewer than three values, for one that is not above 0, and for values that do not vary.
    /// - Parameters:
    ///   - level: the p that shows a difference.
    ///   - least: a smaller share is never shown.
    public init?(_ values: [Double], baseline: [Double], level: Double, least: Double = 0) {
        guard let deviation = Self.deviation(values, baseline), deviation > 0 else { return nil }
        let factor = Self.factor(deviation, values.count, baseline.count, level: level)
        share = factor.map { max(exp($0) - 1, least) }
        let ratio = Statistics.median(values)! / Statistics.median(baseline)!
        guard abs(ratio - 1) >= least else {
            repetitions = nil
            return
        }
        let change = abs(log(ratio))
        let made = max(values.count, baseline.count)
        repetitions = Self.first(in: made...max(made, Self.mostRepetitions)) { count in
            Self.factor(deviation, count, count, level: level).map { $0 <= change } ?? false
        }
    }

    /// The pooled standard deviation of the logarithms.
    private static func deviation(_ a: [Double], _ b: [Double]) -> Double? {
        guard min(a.count, b.count) >= fewest, (a + b).allSatisfy({ $0 > 0 && $0.isFinite }),
            let deviationA = Statistics.standardDeviation(a.map { log($0) }),
            let deviationB = Statistics.standardDeviation(b.map { log($0) })
        else { return nil }
        let (freeA, freeB) = (Double(a.count - 1), Double(b.count - 1))
        let squares = freeA * deviationA * deviationA + freeB * deviationB * deviationB
        return (squares / (freeA + freeB)).squareRoot()
    }

    /// The logarithm of the change; nil if none could be shown, however large.
    private static func factor(_ deviation: Double, _ a: Int, _ b: Int, level: Double) -> Double? {
        // The test has steps, so a level is not used up.
        guard let step = MannWhitney.largestP(below: level, a, b) else { return nil }
        let degrees = a + b - 2
        let quantiles =
            StudentT.reach(tail: step / 2, degreesOfFreedom: degrees)
            + powerQuantile * (1 + (powerQuantile * powerQuantile + 1) / Double(4 * degrees))
        return quantiles * deviation * (1 / Double(a) + 1 / Double(b)).squareRoot()
            * (Double.pi / 3).squareRoot()
    }

    /// The least number for which a condition holds that, once it holds, goes on to hold.
    private static func first(in range: ClosedRange<Int>, _ holds: (Int) -> Bool) -> Int? {
        guard holds(range.upperBound) else { return nil }
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high {
            let middle = (low + high) / 2
            if holds(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
