import LoadGenerator
import Measurement
import Reporting

extension ThresholdRow {
    /// The row of a threshold in one run.
    init(_ outcome: ThresholdOutcome, run: RunName) {
        let threshold = outcome.threshold
        self.init(
            run: run, threshold: threshold.text, metric: threshold.column,
            comparison: threshold.comparison.rawValue,
            limit: outcome.limit.map(Figure.init), measured: outcome.measured.map(Figure.init),
            unit: threshold.unit, holds: outcome.holds,
            endedRunAfterSeconds: outcome.endedRunAfterSeconds)
    }
}

extension ThresholdRow.Figure {
    fileprivate init(_ figure: ThresholdOutcome.Figure) {
        switch figure {
        case .number(let number): self = .number(number)
        case .verdict(let verdict): self = .word(verdict.rawValue)
        }
    }
}
