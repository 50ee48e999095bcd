/// A chart before it is drawn: the input of the gnuplot script, which tests can examine.
///
/// All figures are in the units that the axes name. Text may be of unknown origin; `GnuplotText`
/// makes it safe.
public struct Chart: Sendable, Equatable {
    /// The stem of its files: `throughput`.
    public var name: String
    public var title: String
    /// Profile, verdict and the like; long ones are wrapped.
    public var subtitle: [String] = []
    /// One sentence: what the chart shows, and how it was measured.
    public var caption: String
    public var panels: [Panel]
    /// Panels side by side; 1 stacks them.
    public var panelColumns = 1
    /// One legend for all panels, above them; else each panel has its own.
    public var sharesLegend = false
    public var table: ChartTable

    /// One pair of axes with series, bands and notes.
    public struct Panel: Sendable, Equatable {
        public var title: String = ""
        public var x: Axis
        public var y: Axis
        public var series: [Series]
        public var bands: [Band] = []
        /// Text beside points: the names of variants, the figures of bars.
        public var notes: [Note] = []
        /// Names of horizontal bars from the top; empty if the y axis has figures.
        public var categories: [String] = []
    }

    /// From where to where, and how its figures are written.
    public struct Axis: Sendable, Equatable {
        public var label: String
        public var range: ClosedRange<Double>
        public var isLogarithmic = false
        /// Labelled places; empty lets gnuplot choose.
        public var ticks: [Tick] = []
    }

    public struct Tick: Sendable, Equatable {
        public var place: Double
        public var label: String
    }

    /// The points of one colour, with its name.
    public struct Series: Sendable, Equatable {
        /// In the legend, once a panel; empty for none.
        public var name: String
        public var mark: Mark
        public var ink: Ink
        public var points: [Point]
    }

    public enum Mark: Sendable, Equatable {
        /// A line of a width in pixels; points without a y break it.
        case line(width: Double)
        /// Discs, with their intervals where they have some.
        case discs
        /// Discs joined by a line, with their intervals.
        case joinedDiscs
        /// Horizontal bars from zero to x at the height y.
        case bars
    }

    public struct Point: Sendable, Equatable {
        public var x: Double
        /// Nil if nothing was measured.
        public var y: Double?
        public var xInterval: ClosedRange<Double>?
        public var yInterval: ClosedRange<Double>?
        /// Whether thinning kept it as an extreme; medians leave it out.
        public var isExtreme = false
        /// The size of its disc, relative to the usual one.
        public var size = 1.0

        public init(
            _ x: Double, _ y: Double?, xInterval: ClosedRange<Double>? = nil,
            yInterval: ClosedRange<Double>? = nil
        ) {
            self.x = x
            self.y = y
            self.xInterval = xInterval
            self.yInterval = yInterval
        }
    }

    /// A stretch of the x axis that is shaded.
    public struct Band: Sendable, Equatable {
        public var kind: Kind
        public var range: ClosedRange<Double>

        public enum Kind: Sendable, CaseIterable { case warmup, hiccup, drain, answer }
    }

    /// Text at a place, in the units of the axes.
    public struct Note: Sendable, Equatable {
        public var text: String
        public var x: Double
        public var y: Double
        public var side: Side = .right

        public enum Side: Sendable, CaseIterable {
            case right, left, above, below, aboveRight, belowRight, aboveLeft, belowLeft
        }
    }
}

/// A chart's values as a table.
public struct ChartTable: Sendable, Equatable {
    public var columns: [String]
    public var rows: [[String]]

    public init(columns: [String], rows: [[String]]) {
        self.columns = columns
        self.rows = rows
    }
}
