/// One row of `thresholds.csv`: a threshold of the profile, and whether the run kept to it.
public struct ThresholdRow: TableRow, Equatable {
    public static let fileName = "thresholds.csv"
    public static let holds = "one row for each threshold of the profile"

    /// A limit, or a measured value.
    public enum Figure: Sendable, Equatable {
        case number(Double)
        case word(String)
    }

    public var run: RunName
    /// As the profile says it: `e2e_latency_p99 < 10ms`.
    public var threshold: String
    /// The column of `summary.csv` that it limits.
    public var metric: String
    public var comparison: String
    /// Nil for a share of an offered rate that did not exist.
    public var limit: Figure?
    /// Nil if nothing was measured.
    public var measured: Figure?
    /// The ending of the metric's name; empty for counts and ratios.
    public var unit: String
    public var holds: Bool
    /// If it ended the run: how long the measured part had lasted.
    public var endedRunAfterSeconds: Double?

    public init(
        run: RunName, threshold: String, metric: String, comparison: String, limit: Figure?,
        measured: Figure?, unit: String, holds: Bool, endedRunAfterSeconds: Double? = nil
    ) {
        self.run = run
        self.threshold = threshold
        self.metric = metric
        self.comparison = comparison
        self.limit = limit
        self.measured = measured
        self.unit = unit
        self.holds = holds
        self.endedRunAfterSeconds = endedRunAfterSeconds
    }

    /// Measured − limit.
    var difference: Double? {
        guard case .number(let measured)? = measured, case .number(let limit)? = limit else {
            return nil
        }
        return measured - limit
    }

    /// The difference as a share of the limit; nil for a limit of 0.
    var relativeDifference: Double? {
        guard let difference, case .number(let limit)? = limit, limit != 0 else { return nil }
        return difference / limit
    }

    public static let columns: [Column<ThresholdRow>] =
        Column.naming(\.run) + [
            .text("threshold", "The threshold as written in the profile.") { $0.threshold },
            .text("metric", "The column of summary.csv that it limits.") { $0.metric },
            .text("comparison", "`<`, `<=`, `==`, `!=`, `>=` or `>`.") { $0.comparison },
            Column(
                "limit", "In the metric's unit; for a share of the offered rate, the rate.",
                kind: .numberOrWord
            ) { field($0.limit) },
            Column(
                "measured",
                "The metric over the run, or when the threshold ended it; empty if not measured.",
                kind: .numberOrWord
            ) { field($0.measured) },
            .text("unit", "`us`, `records_per_s` …; empty for counts, ratios and the verdict.") {
                $0.unit.isEmpty ? nil : $0.unit
            },
            .truth("holds", "`true` or `false`; a figure that was not measured does not hold.") {
                $0.holds
            },
            .decimal("difference", "`measured` − `limit`.") { $0.difference },
            .decimal(
                "difference_percent", "`difference` as a share of `limit`; empty for a limit of 0."
            ) { $0.relativeDifference.map { $0 * 100 } },
            .decimal(
                "ended_run_after_s",
                "Length of the measured part when the threshold ended the run; else empty."
            ) { $0.endedRunAfterSeconds },
        ]

    private static func field(_ figure: Figure?) -> Field {
        switch figure {
        case .number(let number)?: .decimal(number, digits: 4)
        case .word(let word)?: .text(word)
        case nil: .absent
        }
    }
}
