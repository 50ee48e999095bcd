import Measurement

/// Whether the repetitions of a variant and of its baseline keep a `DifferenceLimit`.
public struct DifferenceJudgement: Sendable, Equatable {
    public enum Outcome: Sendable, Equatable {
        /// The whole interval of the ratio is within the limit.
        case holds
        /// The whole interval is beyond the limit, and a Mann–Whitney test holds at p < 0.05.
        case failed
        /// The limit lies within the interval.
        /// - repetitions: how many of each may decide, if they vary as these do; nil if too many.
        case cannotTell(repetitions: Int?)
        /// The machine disturbed so many repetitions that the others are too few.
        case disturbed
        /// Too few repetitions to show any difference.
        case tooFewRepetitions
        /// One of the two has no value.
        case notMeasured
    }

    public let limit: DifferenceLimit
    public let outcome: Outcome

    /// On each side: three against three cannot reach p < 0.05.
    public static let leastRepetitions = 4
    private static let mostRepetitions = 1_000

    /// - Parameters:
    ///   - values: of the repetitions that count.
    ///   - disturbed: how many of both do not count because of the machine, without `INVALID` ones.
    init(
        _ limit: DifferenceLimit, _ values: [Double], baseline: [Double],
        disturbed: (ours: Int, baseline: Int) = (0, 0)
    ) {
        self.limit = limit
        let outcome = Self.outcome(limit, values, baseline)
        let made = min(values.count + disturbed.ours, baseline.count + disturbed.baseline)
        let isFew = outcome == .tooFewRepetitions
        self.outcome = isFew && made >= Self.leastRepetitions ? .disturbed : outcome
    }

    /// Whether the limit holds or is undecided. A limit that could not be judged fails, because the
    /// user asked for it.
    public var isAcceptable: Bool {
        switch outcome {
        case .holds, .cannotTell, .disturbed: true
        case .failed, .tooFewRepetitions, .notMeasured: false
        }
    }

    private static func outcome(
        _ limit: DifferenceLimit, _ values: [Double], _ baseline: [Double]
    ) -> Outcome {
        guard !values.isEmpty, !baseline.isEmpty else { return .notMeasured }
        guard min(values.count, baseline.count) >= leastRepetitions,
            let ours = BootstrapMedian(values), let theirs = BootstrapMedian(baseline),
            let test = MannWhitney(values, baseline)
        else { return .tooFewRepetitions }
        var needed: [Int?] = []
        for bound in limit.bounds {
            let excess = BootstrapMedian.differenceInterval(
                of: ours, minus: bound.ratio, times: theirs)
            let isPassed = bound.isPassedAbove ? excess.lowerBound > 0 : excess.upperBound < 0
            if isPassed, test.p < Comparison.level { return .failed }
            let isKept = bound.isPassedAbove ? excess.upperBound <= 0 : excess.lowerBound >= 0
            guard !isKept else { continue }
            needed.append(repetitions(values, ours, bound.ratio, baseline, theirs))
        }
        if needed.isEmpty { return .holds }
        // All bounds must be decided.
        return .cannotTell(
            repetitions: needed.contains(nil) ? nil : needed.compactMap(\.self).max())
    }

    /// How many of each would make the interval so narrow that the bound is outside it, if the medians
    /// stayed where they are: the variance of a median falls as 1/n, and a 95 % interval reaches 1.96
    /// standard deviations.
    private static func repetitions(
        _ values: [Double], _ ours: BootstrapMedian, _ ratio: Double, _ baseline: [Double],
        _ theirs: BootstrapMedian
    ) -> Int? {
        guard let median = Statistics.median(values), let base = Statistics.median(baseline)
        else { return nil }
        let distance = median - ratio * base
        let variance =
            ours.variance * Double(values.count)
            + ratio * ratio * theirs.variance * Double(baseline.count)
        let count = (1.96 * 1.96 * variance / (distance * distance)).rounded(.up)
        guard count <= Double(mostRepetitions) else { return nil }
        return max(Int(count), max(values.count, baseline.count) + 1)
    }
}

extension DifferenceJudgement {
    /// As `comparison.csv` says it.
    var word: String {
        switch outcome {
        case .holds: "holds"
        case .failed: "failed"
        case .cannotTell, .disturbed: "cannot_tell"
        case .tooFewRepetitions: "too_few_repetitions"
        case .notMeasured: "not_measured"
        }
    }
}
