import Measurement

/// The figures of one variant over its repetitions, which bars and discs show.
struct VariantFigures {
    var subject: ChartSubject
    /// Whether `comparison.csv` marks it as on the front of compression ratio and CPU cost; nil if
    /// that file does not say.
    var isOnFront: Bool?
    /// The cost of which it says so; nil where it does not.
    var frontCost: String?
    private var figures: [String: Figure] = [:]

    /// A median over repetitions, with its interval.
    struct Figure {
        var median: Double
        /// 95 %; nil for a single repetition.
        var interval: ClosedRange<Double>?
    }

    /// By the name of a column of `summary.csv`; nil if no repetition has it.
    subscript(metric: String) -> Figure? {
        if let figure = figures[metric] { return figure }
        let values = repetitions(metric)
        guard let median = Statistics.median(values) else { return nil }
        return Figure(median: median, interval: BootstrapMedian(values)?.interval())
    }

    /// The values of the repetitions that count.
    func repetitions(_ metric: String) -> [Double] {
        subject.countedRuns.compactMap { $0.summary?.number(metric) }
    }

    /// How many repetitions its figure is of: `5`, or `4 of 5` where the verdict left one out.
    func countText(_ metric: String) -> String {
        let (counted, all) = (repetitions(metric).count, subject.runs.count)
        return counted == all ? "\(all)" : "\(counted) of \(all)"
    }

    /// All that an axis has to hold: repetitions, median and interval.
    func values(_ metric: String) -> [Double] {
        guard let figure = self[metric] else { return [] }
        return repetitions(metric) + [figure.median]
            + (figure.interval.map { [$0.lowerBound, $0.upperBound] } ?? [])
    }

    /// - Parameter comparison: `comparison.csv`, whose figures take precedence over our own.
    init(_ subject: ChartSubject, comparison: CSVTable?) {
        self.subject = subject
        let variant = subject.runs.first?.variant
        for row in comparison?.rows ?? [] where row["variant"] == variant {
            guard let metric = row["metric"], let median = row.number("median") else {
                continue
            }
            var interval: ClosedRange<Double>?
            if let low = row.number("ci_low"), let high = row.number("ci_high"), low <= high {
                interval = low...high
            }
            figures[metric] = Figure(median: median, interval: interval)
            if let pareto = row["pareto"] {
                isOnFront = (isOnFront ?? false) || pareto == "true"
                if metric != ComparedMetric.compressionRatio { frontCost = metric }
            }
        }
    }
}
