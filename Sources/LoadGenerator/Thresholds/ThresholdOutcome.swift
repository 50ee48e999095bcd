import Measurement

/// A threshold, and what a run had to show for it.
public struct ThresholdOutcome: Sendable {
    public enum Figure: Hashable, Sendable {
        /// In the threshold's unit.
        case number(Double)
        case verdict(Verdict)
    }

    public let threshold: Threshold
    /// Nil where it is a share of an offered rate that there was not.
    public let limit: Figure?
    /// Nil where it was not measured, which no threshold holds for: it was asked for.
    public let measured: Figure?
    public let holds: Bool
    /// Where it ended the run: how much of the measured part there had been. `measured` is of then.
    public internal(set) var endedRunAfterSeconds: Double?

    init(_ threshold: Threshold, _ figures: RunFigures) {
        self.threshold = threshold
        switch threshold.limit {
        case .verdict(let verdict):
            limit = .verdict(verdict)
            let reached = figures.result?.verdict
            measured = reached.map(Figure.verdict)
            let isWanted = threshold.comparison == .equal
            holds = reached.map { ($0 == verdict) == isWanted } ?? false
        case .number, .shareOfOffered:
            let bound: Double? =
                switch threshold.limit {
                case .number(let number): number
                case .shareOfOffered(let share): figures.offeredRate.map { $0 * share }
                case .verdict: nil
                }
            let value = figures.value(of: threshold.metric)?.number
            limit = bound.map(Figure.number)
            measured = value.map(Figure.number)
            if let bound, let value {
                holds = threshold.comparison.holds(value, bound)
            } else {
                holds = false
            }
        }
    }
}

extension Profile {
    /// What becomes of the thresholds in a run that has ended, in their order.
    /// - Parameter shares: of the machine's limits, where they were measured.
    public func outcomes(
        of result: RunResult, shares: RunLimits.Shares? = nil
    ) -> [ThresholdOutcome] {
        let figures = RunFigures(of: result, profile: self, shares: shares)
        return thresholds.map { threshold in
            if let ending = result.ending, ending.threshold == threshold { return ending }
            return ThresholdOutcome(threshold, figures)
        }
    }
}
