import Measurement

/// The figures that a threshold may use, by their names.
enum ThresholdMetric {
    private static let known = FigureNames(
        RunFigure.all.filter { $0.threshold != nil },
        // Other common names of the rates of producers and consumers.
        aliases: ["produce_rate": "produced_rate", "consume_rate": "consumed_rate"])

    /// In the order of the table of figures.
    static var all: [RunFigure] { known.figures }

    /// The figure of that name, or of that column.
    static func named(_ name: String) -> RunFigure? { known[name] }

    /// The names that a threshold may begin with.
    static var names: [String] { known.names }
}
