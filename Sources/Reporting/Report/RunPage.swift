import Measurement

/// The page of one run.
struct RunPage {
    let results: SavedResults
    /// The run's row; nil if the run did not finish.
    let row: CSVTable.Row?

    init(_ results: SavedResults) {
        self.results = results
        row = results.summary?.rows.last
    }

    var verdict: ReportVerdict { row.map(ReportVerdict.init(run:)) ?? .unfinished }

    /// When, against what, and how the load was offered.
    var circumstances: [String] {
        guard let row else { return [results.name] }
        var parts = [row["started_at"] ?? results.name]
        if let target = row["target"] { parts.append("target: \(target)") }
        if let variant = row["variant"], variant != "default" {
            parts.append("\(variant), repetition \(row["repetition"] ?? "1")")
        }
        parts += [row["label"].map { "label: \($0)" }, row["tags"]].compactMap(\.self)
        if let seconds = row.number("duration_s") {
            let warmup = row.number("warmup_s").map {
                $0 > 0 ? " after \(Figure.duration(seconds: $0)) of warm-up" : ""
            }
            let measured = seconds > 0 ? Figure.duration(seconds: seconds) : "nothing"
            parts.append("\(measured) measured\(warmup ?? "")")
        }
        if row["interrupted"] == "true" { parts.append("interrupted") }
        if isClosedLoop {
            parts.append("closed loop, rate: max")
        } else if let rate = row.number("offered_rate_records_per_s") {
            parts.append("\(Figure.rate(rate)) offered")
        }
        return parts
    }

    private var isClosedLoop: Bool { row?["loop"] == "closed" }

    var headlineNotes: [String] {
        guard let row else { return [] }
        var notes: [String] = []
        if isClosedLoop {
            notes.append(
                "In a closed loop a record is due when there is room for it: the latencies say how "
                    + "long the log took, not how long a user would have waited.")
        }
        if let hiccup = row.number("hiccup_max_ms"),
            let longest = row.number("\(headlineLatency)_max_us"), longest <= hiccup * 1_000
        {
            notes.append(
                "The longest latency is no longer than the machine's longest stall "
                    + "(\(Figure.duration(nanos: hiccup * 1e6))): it says nothing about the log.")
        }
        return notes
    }

    // MARK: Headline

    /// A user waits for the end-to-end latency; without consumers the response latency is the
    /// nearest.
    private var headlineLatency: String {
        row?["e2e_latency_p99_us"] != nil ? "e2e_latency" : "response_latency"
    }

    var headline: [HeadlineFigure] {
        guard let row else { return untilItEnded }
        let atLeast = row["verdict"] == "GENERATOR_BOUND" ? "at least " : ""
        var figures: [HeadlineFigure] = []
        func add(_ label: String, _ column: String, before: String = "", note: [String?]) {
            guard let field = row[column] else { return }
            figures.append(
                HeadlineFigure(
                    label: label, figure: before + ColumnText.value(field, column: column),
                    note: note.compactMap(\.self).joined(separator: "; ")))
        }
        add(
            "Records acknowledged", "acked_rate_records_per_s", before: atLeast,
            note: [
                value("logical_rate_mb_per_s").map { "\($0) before batching and compression" }
            ])
        add(
            "Records consumed", "consumed_rate_records_per_s", before: atLeast,
            note: [value("consumed_rate_mb_per_s"), "over all groups"])
        let isEndToEnd = headlineLatency == "e2e_latency"
        add(
            isEndToEnd ? "End-to-end latency, p99" : "Response latency, p99",
            "\(headlineLatency)_p99_us",
            note: [
                value("\(headlineLatency)_p50_us").map { "median \($0)" },
                value("\(headlineLatency)_max_us").map { "longest \($0)" },
                isEndToEnd
                    ? "from when a record was due until a consumer held it"
                    : "from when a record was due until it was acknowledged",
            ])
        add(
            "Compression ratio", "compression_ratio",
            note: [codec, value("records_per_batch_mean").map { "\($0) records a batch" }])
        add(
            "Highest consumer lag, in records", "lag_records_max",
            note: [value("lag_time_max_ms").map { "the oldest had waited for \($0)" }])
        add(
            "CPU cost per logical GB", "cpu_s_per_logical_gb",
            note: ["CPU seconds, user and system", "generator and log together"])
        return figures
    }

    /// Figures from the intervals, for a run without a row in summary.csv.
    private var untilItEnded: [HeadlineFigure] {
        let measured = results.timeSeries?.rows.filter { $0["phase"] == "run" } ?? []
        guard let end = measured.compactMap({ $0.number("elapsed_s") }).max() else { return [] }
        // Counts of a thinned table cannot be summed.
        let isWhole = results.timeSeries?.wholeRowCount == nil
        let sums =
            isWhole
            ? [("acked_records", "Records acknowledged"), ("consumed_records", "Records consumed")]
            : []
        return [
            HeadlineFigure(
                label: "Measured", figure: Figure.duration(seconds: end),
                note: "until it ended, without warm-up")
        ]
            + sums.map { column, label in
                let sum = measured.compactMap { $0.number(column) }.reduce(0, +)
                return HeadlineFigure(
                    label: label, figure: ColumnText.value(sum, column: column),
                    note: "in the intervals that were written")
            }
    }

    private func value(_ column: String) -> String? {
        row?[column].map { ColumnText.value($0, column: column) }
    }

    private var codec: String? {
        row?["compression_type"].map { type in
            type + (row?["compression_level"].map { ":\($0)" } ?? "")
        }
    }

    // MARK: Sections

    var figures: ReportSection {
        var section = ReportSection(anchor: "figures", title: "Latency and throughput")
        guard row != nil else {
            section.absence = "No summary.csv with a row: there are no figures of the whole run."
            return section
        }
        if let causes = row?["slowest_causes"], let least = value("slowest_least_ms") {
            section.paragraphs = [
                "The slowest records took \(least) or more, because of \(causes). slowest.csv has the "
                    + "stages of each."
            ]
        }
        section.tables = [latencies, throughput].filter { !$0.isEmpty }
        return section
    }

    private var latencies: ReportTable {
        var table = ReportTable(
            "Latency",
            columns: [
                .text(""), .number("p50"), .number("p90"), .number("p99"), .number("p99.9"),
                .number("max"), .text("from – to"),
            ],
            note: "Every record is measured, without sampling. Quote response or end to end.")
        for kind in LatencyKind.allCases {
            let values = LatencyPoint.allCases.filter { $0 != .mean }.map {
                value($0.column(of: kind))
            }
            guard values.contains(where: { $0 != nil }) else { continue }
            let name = kind.title.prefix(1).uppercased() + kind.title.dropFirst()
            table.add([name] + values.map { $0 ?? "–" } + [kind.span])
        }
        return table
    }

    private var throughput: ReportTable {
        var table = ReportTable(
            "Throughput",
            columns: [.text(""), .number("records"), .number("records/s"), .number("bytes/s")],
            note: row?["verdict"] == "GENERATOR_BOUND"
                ? "These are lower bounds: the generator was the limit." : nil)
        let cells: [RunFigure.Unit] = [.records, .recordsPerSecond, .megabytesPerSecond]
        let places = RunFigure.all.compactMap { figure -> (row: String, figure: RunFigure)? in
            guard case .throughput(let row)? = figure.page else { return nil }
            return (row, figure)
        }
        for name in places.map(\.row).uniqued() {
            let values = cells.map { unit in
                places.first { $0.row == name && $0.figure.unit == unit }
                    .flatMap { value($0.figure.column) }
            }
            guard values.contains(where: { $0 != nil }) else { continue }
            table.add([name] + values.map { $0 ?? "–" })
        }
        return table
    }
}
