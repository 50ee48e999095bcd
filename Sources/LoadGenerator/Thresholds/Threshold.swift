import Measurement

/// A condition for a run: one of its figures, compared with a limit.
public struct Threshold: Hashable, Sendable {
    public enum Comparison: String, CaseIterable, Hashable, Sendable {
        case less = "<"
        case atMost = "<="
        case equal = "=="
        case notEqual = "!="
        case atLeast = ">="
        case greater = ">"
    }

    public enum Limit: Hashable, Sendable {
        /// In the unit of the metric's column.
        case number(Double)
        /// A share of the rate that the schedule offers.
        case shareOfOffered(Double)
        case verdict(Verdict)
    }

    /// As a user writes it, `e2e_latency_p99 < 10ms`, with one blank between its parts.
    public let text: String
    /// The metric's column in `summary.csv`.
    public let column: String
    public let comparison: Comparison
    public let limit: Limit
    /// Whether it ends a run that fails it.
    public let aborts: Bool
    /// How long the measured part must have lasted before it ends a run.
    public let after: Duration

    init(
        _ metric: RunFigure, _ comparison: Comparison, _ limit: Limit, text: String,
        aborts: Bool = false, after: Duration = .zero
    ) {
        self.text = text
        column = metric.column
        self.comparison = comparison
        self.limit = limit
        self.aborts = aborts
        self.after = after
    }

    /// The unit of the limit and of the measured value, as in the column's name; empty for none.
    public var unit: String { metric.unit.columnEnding }

    var metric: RunFigure {
        guard let metric = RunFigure.named(column) else {
            preconditionFailure("every threshold was made of a figure")
        }
        return metric
    }
}

extension Threshold.Comparison {
    func holds(_ measured: Double, _ limit: Double) -> Bool {
        switch self {
        case .less: measured < limit
        case .atMost: measured <= limit
        case .equal: measured == limit
        case .notEqual: measured != limit
        case .atLeast: measured >= limit
        case .greater: measured > limit
        }
    }
}
