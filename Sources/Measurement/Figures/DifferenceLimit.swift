/// How far a variant's median of a figure may be from its baseline's, as a share of that:
/// `e2e_latency_p99 worse than 5%`.
public struct DifferenceLimit: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable {
        /// In the direction that is not the figure's better one.
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
    ///   - figure: by which variants are compared; for `worse`, one that is good or bad.
    ///   - percent: as it was written, such as `5`.
    public init(_ figure: RunFigure, _ kind: Kind, share: Double, percent: String) {
        precondition(figure.compared != nil, "\(figure.column) is not compared")
        precondition(kind == .differs || figure.better != nil, "\(figure.column) is never worse")
        column = figure.column
        self.kind = kind
        self.share = share
        words = "\(kind.rawValue) \(percent)%"
    }

    /// The ratios of the medians that are at the limit, each with the side on which it is passed.
    public var bounds: [(ratio: Double, isPassedAbove: Bool)] {
        let above = (ratio: 1 + share, isPassedAbove: true)
        let below = (ratio: 1 - share, isPassedAbove: false)
        switch (kind, RunFigure.named(column)?.better) {
        case (.worse, .higher?): return [below]
        case (.worse, _): return [above]
        // Nothing is less than none at all.
        case (.differs, _): return share < 1 ? [above, below] : [above]
        }
    }
}
