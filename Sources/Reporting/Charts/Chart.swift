/// A chart before it is drawn: the input of the gnuplot script, which tests can examine.
///
/// All figures are in the units that the axes name. Text may be of unknown origin; `GnuplotText`
/// makes it safe.
public struct Chart: Sendable, Equatable {
    /// The stem of its files: `throughput`.
    public var name: String
    public var title: String
    /// One sentence with figures: what it shows in this run. Empty if there is nothing to say.
    public var finding = ""
    /// Load, settings, machine and verdict, so that the picture stands alone; long ones are wrapped.
    public var subtitle: [String] = []
    /// What is drawn in general, and how it was measured.
    public var caption: String
    public var panels: [Panel]
    /// Panels side by side; 1 stacks them.
    public var panelColumns = 1
    /// One legend for all panels, above them; else each panel has its own.
    public var sharesLegend = false
    public var table: ChartTable

    /// What a reader hears who does not see the picture.
    var spoken: String { finding.isEmpty ? title : "\(title): \(finding)" }

    /// One pair of axes with series, bands and notes.
    public struct Panel: Sendable, Equatable {
        public var title: String = ""
        public var x: Axis
        public var y: Axis
        public var series: [Series]
        public var bands: [Band] = []
        /// Moments that are marked.
        public var events: [Event] = []
        /// Text beside points: the names of variants, figures.
        public var notes: [Note] = []
        /// Names of rows from the top; empty if the y axis has figures.
        public var categories: [String] = []
        /// The height of a row with a name, in pixels.
        public var categoryHeight = 28.0
        /// The height of the plot in pixels; nil for the usual one.
        public var plotHeight: Double?
    }

    /// From where to where, and how its figures are written.
    public struct Axis: Sendable, Equatable {
        public var label: String
        public var range: ClosedRange<Double>
        public var isLogarithmic = false
        /// Labelled places; empty for round ones, as many as fit.
        public var ticks: [Tick] = []
        /// Whether there is nothing between whole numbers.
        public var isWhole = false
    }

    public struct Tick: Sendable, Equatable {
        public var place: Double
        /// Empty for a minor tick, which has no line across the plot.
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
        /// Small rings: each repetition by itself.
        case rings
        /// The area over the points' y intervals.
        case area
        /// Horizontal bars over the points' x intervals.
        case bars
        /// Rectangles over the points' intervals, as opaque as their size, which is 0…1.
        case cells
    }

    public struct Point: Sendable, Equatable {
        public var x: Double
        /// Nil if nothing was measured.
        public var y: Double?
        public var xInterval: ClosedRange<Double>?
        public var yInterval: ClosedRange<Double>?
        /// Whether thinning kept it as an extreme; medians leave it out.
        public var isExtreme = false
        /// The size of its disc, relative to the usual one; of a cell, its opacity.
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

        public enum Kind: Sendable, CaseIterable { case warmup, pause, hiccup, drain, answer }
    }

    /// A moment that is marked by a line and a triangle.
    public struct Event: Sendable, Equatable {
        public var kind: Kind
        public var x: Double

        public enum Kind: Sendable, CaseIterable { case fault, retry, leaderChange, throttle }
    }

    /// Text at a place, in the units of the axes.
    public struct Note: Sendable, Equatable {
        public var text: String
        public var x: Double
        public var y: Double
        public var side: Side = .right

        public enum Side: Sendable, CaseIterable {
            /// At the place itself.
            case middle
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
