import Measurement

/// A threshold and its outcome in a run.
public struct ThresholdOutcome: Sendable {
    public enum Figure: Hashable, Sendable {
        /// In the threshold's unit.
        case number(Double)
        case verdict(Verdict)
    }

    public let threshold: Threshold
    /// Nil for a share of an offered rate that did not exist.
    public let limit: Figure?
    /// Nil if it was not measured; then the threshold fails.
    public let measured: Figure?
    public let holds: Bool
    /// If it ended the run: how long the measured part had lasted. `measured` is the value at that
    /// time.
    public internal(set) var endedRunAfterSeconds: Double?

    init(_ threshold: Threshold, _ figures: RunFigures) {
        self.init(
            threshold, verdict: figures.result?.verdict, offeredRate: figures.offeredRate,
            value: figures.value(of: threshold.metric)?.number)
    }

    /// The outcome in a run that is finished.
    /// - Parameter field: of its row of `summary.csv`, by column; nil for an empty one.
    public init(_ threshold: Threshold, in field: (String) -> String?) {
        func number(_ column: String) -> Double? { field(column).flatMap(Double.init) }
        self.init(
            threshold, verdict: field(threshold.column).flatMap(Verdict.init(rawValue:)),
            offeredRate: number("offered_rate_records_per_s"), value: number(threshold.column))
    }

    /// - Parameter value: of the metric, if that is a number.
    private init(
        _ threshold: Threshold, verdict reached: Verdict?, offeredRate: Double?, value: Double?
    ) {
        self.threshold = threshold
        switch threshold.limit {
        case .verdict(let verdict):
            limit = .verdict(verdict)
            measured = reached.map(Figure.verdict)
            let isWanted = threshold.comparison == .equal
            holds = reached.map { ($0 == verdict) == isWanted } ?? false
        case .number, .shareOfOffered:
            let bound: Double? =
                switch threshold.limit {
                case .number(let number): number
                case .shareOfOffered(let share): offeredRate.map { $0 * share }
                case .verdict: nil
                }
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
    /// The outcomes of the thresholds in a run that has ended, in their order.
    /// - Parameter shares: of the machine's limits, if they were measured.
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
