import Measurement

/// The report at the end of a run: the figures of `summary.csv` for a person.
///
/// Plain text, the verdict first. A figure that was not measured has no
/// line.
public enum SummaryReport {
    public static let width = 100

    /// - Parameters:
    ///   - thresholds: those of the profile, shown below the figures.
    ///   - resultsPath: the folder, for the last line.
    ///   - width: where sentences are wrapped, in columns.
    public static func text(
        _ row: SummaryRow, thresholds: [ThresholdRow] = [], resultsPath: String? = nil,
        width: Int = SummaryReport.width
    ) -> String {
        let sections = [
            verdict(row, width), throughput(row), latency(row),
            labelled(.delivery, row) + slowest(row, width),
            labelled(.machine, row), shares(row),
            ThresholdReport.lines(thresholds),
        ]
        var lines = Array(sections.filter { !$0.isEmpty }.joined(separator: [""]))
        if let resultsPath { lines += ["", "Results in \(resultsPath)"] }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func verdict(_ row: SummaryRow, _ width: Int) -> [String] {
        wrapped(title(row), indent: 0, width: width)
            + row.verdictReasons.flatMap { wrapped("- " + $0, indent: 2, width: width) }
    }

    /// The verdict and what was run, in a line.
    static func title(_ row: SummaryRow) -> String {
        var title = "\(row.verdict.rawValue): \(row.run.profile) on \(row.run.target)"
        if let label = row.labels.label { title += ", \(label)" }
        if row.run.variant != "default" { title += ", \(row.run.variant)" }
        if row.run.repetition > 1 { title += ", repetition \(row.run.repetition)" }
        let isMeasured = row.values.number("duration_s") ?? 0 > 0
        title += isMeasured ? ", \(text("duration_s", row) ?? "-")" : ", nothing measured"
        switch (row.loop, text("offered_rate_records_per_s", row)) {
        case (.closed, _): title += ", closed loop (rate: max)"
        case (.open, let rate?): title += ", \(rate) offered"
        case (.open, nil): break
        }
        return title
    }

    private static func throughput(_ row: SummaryRow) -> [String] {
        var table = TextTable()
        let atLeast = row.verdict == .generatorBound ? ">= " : ""
        func add(_ name: String, _ records: String, _ rate: String, _ bytes: String) {
            guard let count = text(records, row) else { return }
            table.add([
                name, "\(count) records", atLeast + (text(rate, row) ?? ""),
                text(bytes, row) ?? "",
            ])
        }
        add(
            "acknowledged", "acked_records", "acked_rate_records_per_s",
            "logical_rate_mb_per_s")
        add(
            "consumed", "consumed_records", "consumed_rate_records_per_s",
            "consumed_rate_mb_per_s")
        if let stored = text("stored_bytes", row) {
            table.add(["stored", stored, "", text("stored_rate_mb_per_s", row) ?? ""])
        }
        let title = table.isEmpty ? [] : ["Throughput"] + table.lines()
        let below = lines(of: .throughput, in: row, first: codec(row)).map { label, text in
            label.isEmpty ? "  \(text)" : "  \(label) \(text)"
        }
        return title.isEmpty ? [] : title + below
    }

    /// The codec, at the beginning of the line of compression.
    private static func codec(_ row: SummaryRow) -> [String: String] {
        guard let type = row["compression_type"]?.text else { return [:] }
        let level = row.values.number("compression_level").map { ":\(Int($0))" } ?? ""
        return ["compression": type + level]
    }

    private static func text(_ column: String, _ row: SummaryRow) -> String? {
        row.values.number(column).map { ColumnText.value($0, column: column) }
    }

    // MARK: Lines by the table of figures

    /// The lines of a theme, each with its label before it.
    private static func labelled(
        _ theme: RunFigure.Theme, _ row: SummaryRow
    ) -> [String] {
        lines(of: theme, in: row).map { label, text in
            label + String(repeating: " ", count: max(9 - label.count, 1)) + text
        }
    }

    /// The texts of a theme's figures, with the figures of one label in one line.
    /// - Parameter first: the beginning of the line of a label.
    private static func lines(
        of theme: RunFigure.Theme, in row: SummaryRow, first: [String: String] = [:]
    ) -> [(label: String, text: String)] {
        let places = RunFigure.all.filter { $0.theme == theme }.compactMap { figure in
            figure.terminal.map { (figure: figure, place: $0) }
        }
        return places.map(\.place.label).uniqued().compactMap {
            label -> (label: String, text: String)? in
            var line = first[label] ?? ""
            for (figure, place) in places where place.label == label {
                guard let number = row.values.number(figure.column),
                    number != 0 || !place.isOmittedAtZero
                else { continue }
                let goesOn = line.isEmpty || place.words.hasPrefix(" ")
                line += (goesOn ? "" : ", ")
                line += lagBelowMillis(figure, in: row) ?? place.text(number, figure.unit)
            }
            return line.isEmpty ? nil : (label, line)
        }
    }

    /// Timestamps have whole milliseconds in earlier versions, so a lag of 0 with records behind
    /// means less than 1 ms.
    private static func lagBelowMillis(_ figure: RunFigure, in row: SummaryRow) -> String? {
        guard figure.column == "lag_time_max_ms", row.values.number(figure.column) == 0,
            row.values.number("lag_records_max") ?? 0 > 0
        else { return nil }
        return "< 1 ms"
    }

    private static func latency(_ row: SummaryRow) -> [String] {
        var table = TextTable(indent: 0)
        table.add(["Latency", "p50", "p90", "p99", "p99.9", "max"])
        for kind in LatencyKind.allCases {
            let values = LatencyPoint.allCases.filter { $0 != .mean }.compactMap {
                text($0.column(of: kind), row)
            }
            if !values.isEmpty { table.add(["  " + kind.title] + values) }
        }
        let lines = table.lines()
        return lines.count > 1 ? lines : []
    }

    private static func slowest(_ row: SummaryRow, _ width: Int) -> [String] {
        guard let causes = row["slowest_causes"]?.text, let least = text("slowest_least_ms", row)
        else { return [] }
        let label = "Slowest  "
        let lines = wrapped(
            "\(least) or more, because of \(causes)", indent: label.count, width: width)
        return lines.prefix(1).map { label + $0.dropFirst(label.count) } + lines.dropFirst()
    }

    private static func shares(_ row: SummaryRow) -> [String] {
        var table = TextTable()
        for figure in RunFigure.all {
            guard case .share(let limit)? = figure.page, let share = text(figure.column, row)
            else { continue }
            table.add([limit, share])
        }
        return table.isEmpty ? [] : ["Share of this machine's limit"] + table.lines()
    }

    /// Breaks a sentence at blanks so that every line fits a terminal.
    public static func wrapped(
        _ text: String, indent: Int, width: Int = SummaryReport.width
    ) -> [String] {
        let margin = String(repeating: " ", count: indent)
        var lines: [String] = []
        var line = margin
        for word in text.split(separator: " ") {
            if line.count + word.count + 1 > width, line != margin {
                lines.append(line)
                line = margin + (indent > 0 ? "  " : "") + word
            } else {
                line += (line == margin ? "" : " ") + word
            }
        }
        return lines + [line]
    }
}
