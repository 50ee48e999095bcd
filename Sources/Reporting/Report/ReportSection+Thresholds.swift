extension ReportSection {
    /// The thresholds of the profile, and whether the runs met them; nil without any.
    static func thresholds(_ table: CSVTable?) -> ReportSection? {
        guard let table, !table.rows.isEmpty else { return nil }
        let failed = table.rows.filter { $0["holds"] != "true" }
        let areSeveral = Set(table.rows.map(run)).count > 1
        var section = ReportSection(anchor: "thresholds", title: "Thresholds")
        section.paragraphs = [thresholdVerdict(table)]
        if failed.isEmpty || !areSeveral {
            section.tables = [shown(table.rows, "Thresholds", areSeveral: areSeveral)]
        } else {
            section.tables = [
                shown(failed, "Those that failed", areSeveral: true),
                shown(table.rows, "All thresholds", areSeveral: true, isFolded: true),
            ]
        }
        return section
    }

    /// One sentence about all of them.
    static func thresholdVerdict(_ table: CSVTable) -> String {
        let failed = table.rows.count { $0["holds"] != "true" }
        return switch (failed, table.rows.count) {
        case (0, 1): "The threshold of the profile holds."
        case (0, let all): "All \(all) thresholds hold."
        case (let failed, let all):
            "\(failed) of \(all) \(all == 1 ? "threshold" : "thresholds") failed."
        }
    }

    private static func run(_ row: CSVTable.Row) -> String {
        "\(row["variant"] ?? "default"), repetition \(row["repetition"] ?? "1")"
    }

    private static func shown(
        _ rows: [CSVTable.Row], _ title: String, areSeveral: Bool, isFolded: Bool = false
    ) -> ReportTable {
        var table = ReportTable(
            title,
            columns: [.text("threshold")] + (areSeveral ? [.text("run")] : [])
                + [.number("measured"), .number("limit"), .text("verdict"), .text("by how much")],
            isFolded: isFolded)
        for row in rows {
            let metric = row["metric"] ?? ""
            let holds = row["holds"] == "true"
            var entries = [ReportTable.Entry(row["threshold"] ?? "–")]
            if areSeveral { entries.append(.init(run(row))) }
            entries += [
                .init(
                    row["measured"].map { ColumnText.value($0, column: metric) } ?? "not measured"),
                .init(ColumnText.value(row["limit"], column: metric)),
                .init(holds ? "holds" : "FAILED", tone: holds ? "better" : "worse"),
                .init(margin(row, metric: metric)),
            ]
            table.add(entries)
        }
        return table
    }

    /// `2.30 ms above the limit (23.0 %)`, and whether that ended the run.
    private static func margin(_ row: CSVTable.Row, metric: String) -> String {
        var parts: [String] = []
        if let difference = row.number("difference") {
            let side = difference > 0 ? "above" : "below"
            let share = row.number("difference_percent").map {
                " (\(Figure.percent(ofShare: abs($0) / 100)))"
            }
            parts.append(
                difference == 0
                    ? "at the limit"
                    : "\(ColumnText.value(abs(difference), column: metric)) \(side)\(share ?? "")")
        }
        if let seconds = row.number("ended_run_after_s") {
            parts.append("ended the run after \(Figure.duration(seconds: seconds))")
        }
        return parts.joined(separator: "; ")
    }
}
