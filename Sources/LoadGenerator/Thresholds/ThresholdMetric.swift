import Measurement

/// The figures that a threshold may use, by their names.
enum ThresholdMetric {
    /// In the order of the table of figures.
    static let all = RunFigure.all.filter { $0.threshold != nil }

    /// The one of that name, or of that column.
    static func named(_ name: String) -> RunFigure? {
        // Two columns have the name `consumed_rate`; it means the first, of records.
        all.first { $0.name == name } ?? all.first { $0.column == name }
            ?? aliases[name].flatMap(named)
    }

    /// What people write for a rate of the producers or of the consumers.
    private static let aliases = [
        "produce_rate": "produced_rate", "consume_rate": "consumed_rate",
    ]

    /// The names that a threshold may begin with.
    static let names: [String] = {
        var names: [String] = []
        for metric in all {
            names.append(names.contains(metric.name) ? metric.column : metric.name)
        }
        return names
    }()
}
