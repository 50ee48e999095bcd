extension ReportSection {
    /// `roofline.csv`: the bare operations, and the engine's shares of them.
    static func roofline(_ roofline: CSVTable) -> ReportSection {
        var section = ReportSection(anchor: "roofline", title: "Limits of this machine")
        let limits = roofline.rows.filter { $0["limit"] == nil }
        let shares = roofline.rows.filter { $0["limit"] != nil }
        section.tables = [limitTable(limits), shareTable(shares)].filter { !$0.isEmpty }
        if section.tables.isEmpty { section.absence = "roofline.csv has no row." }
        return section
    }

    private static func limitTable(_ rows: [CSVTable.Row]) -> ReportTable {
        var table = ReportTable(
            "Bare operations",
            columns: [.text("operation"), .text("")] + measured.map { .number($0.1) },
            note: "Medians over the slices, with the slowest and the fastest.")
        for row in rows {
            var entries = [
                ReportTable.Entry(row["probe"] ?? "–"), ReportTable.Entry(row["detail"] ?? ""),
            ]
            for (column, _) in measured {
                entries.append(.init(ColumnText.value(row[column], column: column)))
            }
            table.add(entries)
        }
        return table
    }

    private static let measured = [
        ("block_size_bytes", "block"), ("operations_per_s", "operations"),
        ("rate_mb_per_s", "rate"), ("rate_min_mb_per_s", "slowest"),
        ("rate_max_mb_per_s", "fastest"), ("latency_p50_us", "p50"), ("latency_p99_us", "p99"),
    ]

    private static func shareTable(_ rows: [CSVTable.Row]) -> ReportTable {
        var table = ReportTable(
            "The engine, each operation interleaved with its limit",
            columns: [
                .text("operation"), .text(""), .number("block"), .number("rate"), .text("limit"),
                .number("limit's rate"), .number("share"), .number("lowest – highest"),
            ])
        for row in rows {
            func value(_ column: String) -> String { ColumnText.value(row[column], column: column) }
            func share(_ column: String) -> String {
                row.number(column).map { Figure.percent(ofShare: $0) } ?? "–"
            }
            table.add([
                row["probe"] ?? "–", row["detail"] ?? "", value("block_size_bytes"),
                value("rate_mb_per_s"), row["limit"] ?? "", value("limit_rate_mb_per_s"),
                share("share_of_limit"),
                "\(share("share_of_limit_min")) – \(share("share_of_limit_max"))",
            ])
        }
        return table
    }
}
