import Measurement

/// Results in brief, for pages and programs that are not Weir's: a merge request, a CI's list of tests.
public struct ResultsSummary: Sendable {
    /// Something that holds or not: a threshold, a limit on a difference, the verdict of a run.
    struct Check: Sendable {
        var name: String
        /// Empty if nothing was measured.
        var measured: String
        var outcome: String
        var holds: Bool
    }

    /// What was run.
    let name: String
    let title: String
    let sentences: [String]
    /// A table, the header first.
    let table: [[String]]
    let checks: [Check]
    let resultsPath: String
    /// ISO 8601 in UTC; empty where it is not known.
    let startedAt: String
    /// Of the measured parts.
    let seconds: Double

    var failures: Int { checks.count { !$0.holds } }
}

extension ResultsSummary {
    /// Of a single run. A figure that was not measured has no row.
    public init(_ row: SummaryRow, thresholds: [ThresholdRow], resultsPath: String) {
        name = row.run.profile
        title = SummaryReport.title(row)
        sentences = row.verdictReasons
        table =
            [["figure", "value"]]
            + Self.figures.compactMap { column in
                row.values.number(column).map {
                    [ColumnText.title(column), ColumnText.value($0, column: column)]
                }
            }
        checks =
            [Self.verdict(row.verdict, "verdict", row.verdictReasons)]
            + thresholds.map { Self.check($0, $0.threshold) }
        self.resultsPath = resultsPath
        startedAt = UTCTime(unixNanos: row.run.startedAtUnixNanos).iso8601
        seconds = row.values.number("duration_s") ?? 0
    }

    private static let figures = [
        "acked_rate_records_per_s", "consumed_rate_records_per_s", "e2e_latency_p50_us",
        "e2e_latency_p99_us", "e2e_latency_p999_us", "e2e_latency_max_us",
        "response_latency_p50_us", "response_latency_p99_us", "lag_records_max",
        "compression_ratio",
        "cpu_s_per_logical_gb", "rss_max_bytes", "lost", "hiccup_max_ms",
    ]

    /// Of a comparison: a row for each variant, with what people choose by.
    /// - Parameters:
    ///   - thresholds: `thresholds.csv`; nil without any.
    public init(_ comparison: Comparison, thresholds: CSVTable?, name: String, resultsPath: String)
    {
        let known = ComparedMetric.all.filter { metric in
            comparison.rows.contains { $0.metric == metric && $0.median != nil }
        }
        let metrics = ComparedMetric.key(of: known)
        self.name = name
        title =
            "\(name): \(comparison.variants.count) variants, compared with "
            + comparison.baselines.joined(separator: ", ")
        sentences = comparison.findings.map(\.sentence)
        table =
            [["variant"] + metrics.map(\.title)]
            + comparison.variants.map { variant in
                [variant.name]
                    + metrics.map { metric in
                        comparison.row(variant: variant.name, metric: metric.column).map(Self.cell)
                            ?? "–"
                    }
            }
        let runs = comparison.variants.flatMap { variant in
            variant.runs.compactMap { run in
                run.verdict.map {
                    Self.verdict(
                        $0, "verdict of \(variant.name) #\(run.repetition)",
                        [run.verdictReasons].compactMap(\.self))
                }
            }
        }
        let limits = (thresholds?.rows ?? []).map(ThresholdRow.init).map { row in
            Self.check(row, "\(row.run.variant) #\(row.run.repetition): \(row.threshold)")
        }
        let differences = comparison.judgements.map { row, judgement in
            Check(
                name: "\(row.variant): \(row.metric.title) \(judgement.limit.words)",
                measured: Self.cell(row), outcome: judgement.word.replacing("_", with: " "),
                holds: judgement.isAcceptable)
        }
        checks = runs + limits + differences
        self.resultsPath = resultsPath
        let rows = comparison.variants.flatMap { $0.runs.map(\.row) }
        startedAt = rows.compactMap { $0["started_at"] }.min() ?? ""
        seconds = rows.compactMap { $0.number("duration_s") }.reduce(0, +)
    }

    /// `1.59 M/s, 1.14× better`.
    private static func cell(_ row: ComparisonRow) -> String {
        guard let median = row.median else { return "–" }
        let value = FigureInterval.text(median, row.interval, row.metric.text)
        switch row.difference {
        case nil, .baseline: return value
        case .notShown: return value + ", no difference shown"
        case .better, .worse, .higher, .lower:
            let ratio = row.ratio.map { Figure.significant($0) + "× " } ?? ""
            return value + ", \(ratio)\(row.difference?.rawValue ?? "")"
        }
    }

    private static func verdict(_ verdict: Verdict, _ name: String, _ reasons: [String]) -> Check {
        Check(
            name: name, measured: verdict.rawValue, outcome: reasons.joined(separator: "; "),
            holds: verdict != .invalid)
    }

    private static func check(_ row: ThresholdRow, _ name: String) -> Check {
        Check(
            name: name,
            measured: row.measured.map { ThresholdReport.text($0, row) } ?? "not measured",
            outcome: ThresholdReport.judgement(row), holds: row.holds)
    }
}

extension ThresholdRow {
    /// A row that was read back. A field that is missing reads as one that is empty.
    init(_ row: CSVTable.Row) {
        func figure(_ column: String) -> Figure? {
            row.number(column).map(Figure.number) ?? row[column].map(Figure.word)
        }
        self.init(
            run: RunName(row), threshold: row["threshold"] ?? "", metric: row["metric"] ?? "",
            comparison: row["comparison"] ?? "", limit: figure("limit"),
            measured: figure("measured"), unit: row["unit"] ?? "", holds: row["holds"] == "true",
            endedRunAfterSeconds: row.number("ended_run_after_s"))
    }
}
