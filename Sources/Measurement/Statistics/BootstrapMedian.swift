import Glibc

/// How the median of a sample would vary if the sample were drawn again: its bootstrap
/// distribution, in closed form.
///
/// Drawing n values with replacement makes the count of draws up to the i-th smallest value
/// binomial, so the probability of each possible median is known (Efron, *Bootstrap methods:
/// another look at the jackknife*, Ann. Statist. 7, 1979, section 3). Resampling at random
/// approximates this distribution; the closed form gives the same interval for the same sample
/// every time.
///
/// A bootstrap has no values beyond the sample. With fewer than six values its 95 % interval is the
/// whole range, which contains the true median with a probability of 1 − 2¹⁻ⁿ: 94 % with five
/// values, 75 % with three.
public struct BootstrapMedian: Sendable {
    /// The possible medians in ascending order, each with its probability.
    let outcomes: [(value: Double, probability: Double)]

    /// Less likely outcomes do not change the interval noticeably.
    private static let negligible = 1e-12

    /// Nil for fewer than two values.
    public init?(_ values: [Double]) {
        precondition(values.allSatisfy(\.isFinite), "a median of numbers")
        guard values.count >= 2 else { return nil }
        let sorted = values.sorted()
        outcomes = Self.merged(
            values.count.isMultiple(of: 2)
                ? Self.outcomesOfEvenCount(sorted) : Self.outcomesOfOddCount(sorted))
    }

    /// The interval between the quantiles (1 − level) / 2 and (1 + level) / 2, as in the percentile
    /// method.
    public func interval(level: Double = 0.95) -> ClosedRange<Double> {
        Self.interval(outcomes, level: level)
    }

    /// The interval of median ÷ median of two samples that were drawn independently; nil if the
    /// divisor may be zero or negative.
    public static func ratioInterval(
        of numerator: BootstrapMedian, to divisor: BootstrapMedian, level: Double = 0.95
    ) -> ClosedRange<Double>? {
        guard divisor.outcomes[0].value > 0 else { return nil }
        return interval(of: numerator, and: divisor, level: level) { $0 / $1 }
    }

    /// The interval of median − factor × median of two samples that were drawn independently. If it
    /// is above 0, the interval of their ratio is above the factor. Unlike the ratio it also exists
    /// for medians of 0.
    public static func differenceInterval(
        of minuend: BootstrapMedian, minus factor: Double, times subtrahend: BootstrapMedian,
        level: Double = 0.95
    ) -> ClosedRange<Double> {
        interval(of: minuend, and: subtrahend, level: level) { $0 - factor * $1 }
    }

    /// The variance of the median.
    public var variance: Double {
        let mean = outcomes.reduce(0) { $0 + $1.probability * $1.value }
        return outcomes.reduce(0) {
            $0 + $1.probability * ($1.value - mean) * ($1.value - mean)
        }
    }

    /// The interval of a function of two medians.
    private static func interval(
        of first: BootstrapMedian, and second: BootstrapMedian, level: Double,
        _ combine: (Double, Double) -> Double
    ) -> ClosedRange<Double> {
        var values: [(value: Double, probability: Double)] = []
        for a in first.outcomes {
            for b in second.outcomes {
                let probability = a.probability * b.probability
                if probability < negligible { continue }
                values.append((combine(a.value, b.value), probability))
            }
        }
        values.sort { $0.value < $1.value }
        return interval(values, level: level)
    }

    private static func interval(
        _ outcomes: [(value: Double, probability: Double)], level: Double
    ) -> ClosedRange<Double> {
        precondition(level > 0 && level < 1)
        // Rounding: sums of products differ in the last digits.
        let tail = (1 - level) / 2 - negligible
        func end(_ outcomes: some Sequence<(value: Double, probability: Double)>) -> Double {
            var sum = 0.0
            for outcome in outcomes {
                sum += outcome.probability
                if sum >= tail { return outcome.value }
            }
            preconditionFailure("probabilities sum to 1")
        }
        return end(outcomes)...end(outcomes.reversed())
    }

    // MARK: The distribution

    /// The median is one of the values.
    private static func outcomesOfOddCount(
        _ sorted: [Double]
    ) -> [(value: Double, probability: Double)] {
        let middle = OrderStatistic(rank: sorted.count / 2 + 1, of: sorted.count)
        return sorted.enumerated().map { ($1, middle.probability(ofPlace: $0 + 1)) }
    }

    /// The median is the mean of two neighbours, which are often the same value drawn twice.
    private static func outcomesOfEvenCount(
        _ sorted: [Double]
    ) -> [(value: Double, probability: Double)] {
        let half = sorted.count / 2
        let lower = OrderStatistic(rank: half, of: sorted.count)
        let count = Double(sorted.count)
        /// For each index the probability that `half` draws are at or below it, and one on it.
        let logChoices = lower.logChoices(half)
        let reach = (1...sorted.count).map { place in
            pow(Double(place) / count, Double(half)) - pow(Double(place - 1) / count, Double(half))
        }
        var outcomes: [(value: Double, probability: Double)] = []
        for low in 1...sorted.count {
            var together = lower.probability(ofPlace: low)
            for high in (low + 1)..<(sorted.count + 1) {
                let below = reach[low - 1]
                let above = reach[sorted.count - high]
                let probability = exp(logChoices + log(below) + log(above))
                together -= probability
                if probability < negligible { continue }
                outcomes.append(((sorted[low - 1] + sorted[high - 1]) / 2, probability))
            }
            if together >= negligible { outcomes.append((sorted[low - 1], together)) }
        }
        return outcomes
    }

    /// In ascending order, equal values as one.
    private static func merged(
        _ outcomes: [(value: Double, probability: Double)]
    ) -> [(value: Double, probability: Double)] {
        outcomes.sorted { $0.value < $1.value }.reduce(into: []) { merged, outcome in
            if merged.last?.value == outcome.value {
                merged[merged.count - 1].probability += outcome.probability
            } else {
                merged.append(outcome)
            }
        }
    }
}

/// The value of one rank in a resample: at which place of the sorted sample it lies.
private struct OrderStatistic {
    let rank: Int
    let count: Int
    /// Logarithms of 0!, 1!, … count!.
    private let logFactorials: [Double]

    init(rank: Int, of count: Int) {
        self.rank = rank
        self.count = count
        logFactorials = (1...count).reduce(into: [0.0]) { $0.append($0[$1 - 1] + log(Double($1))) }
    }

    /// The logarithm of the ways to choose so many of all draws.
    func logChoices(_ chosen: Int) -> Double {
        logFactorials[count] - logFactorials[chosen] - logFactorials[count - chosen]
    }

    /// - Parameter place: counts from 1.
    func probability(ofPlace place: Int) -> Double {
        // Both are close to 1 for high places, so rounding could make the difference negative.
        max(probability(upTo: place) - probability(upTo: place - 1), 0)
    }

    /// That at least `rank` of the draws are among the lowest `place` values.
    private func probability(upTo place: Int) -> Double {
        if place == 0 { return 0 }
        if place == count { return 1 }
        let share = Double(place) / Double(count)
        return (rank...count).reduce(0) { sum, drawn in
            sum
                + exp(
                    logChoices(drawn) + Double(drawn) * log(share)
                        + Double(count - drawn) * log(1 - share))
        }
    }
}
