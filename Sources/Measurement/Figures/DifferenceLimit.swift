/// How much a variant's median of a figure may differ from its baseline's, as a share of the
/// baseline's: `e2e_latency_p99 worse than 5%`.
public struct DifferenceLimit: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable {
        /// Against the figure's better direction.
        case worse = "worse than"
        /// In either direction.
        case differs = "differs by more than"
    }

    /// The figure's column in `summary.csv`.
    public let column: String
    public let kind: Kind
    /// 0.05 is 5 %.
    public let share: Double
    /// The limit without its figure, as a user writes it: `worse than 5%`.
    public let words: String

    /// - Parameters:
    ///   - figure: one by which variants are compared; for `worse`, one with a better direction.
    ///   - percent: as it was written, such as `5`.
    public init(_ figure: RunFigure, _ kind: Kind, share: Double, percent: String) {
        precondition(figure.compared != nil, "\(figure.column) is not compared")
        precondition(kind == .differs || figure.better != nil, "\(figure.column) is never worse")
        column = figure.column
        self.kind = kind
        self.share = share
        words = "\(kind.rawValue) \(percent)%"
    }

    /// The ratios of the medians at which the limit lies, each with the side that exceeds it.
    public var bounds: [(ratio: Double, isPassedAbove: Bool)] {
        let above = (ratio: 1 + share, isPassedAbove: true)
        let below = (ratio: 1 - share, isPassedAbove: false)
        switch (kind, RunFigure.named(column)?.better) {
        case (.worse, .higher?): return [below]
        case (.worse, _): return [above]
        // A ratio cannot fall below 0, so a share of 1 or more has no lower bound.
        case (.differs, _): return share < 1 ? [above, below] : [above]
        }
    }
}
