/// The brokers, and the groups of producers, of one run or of several.
extension ReportSection {
    /// `brokers.csv`; nil without a row.
    static func brokers(_ table: CSVTable?) -> ReportSection? {
        parts(
            table, anchor: "brokers", title: "Brokers",
            note: "Service latency is from the write to the socket to the answer.",
            of: { "\($0["broker"] ?? "–"), \($0["address"] ?? "–")" },
            [
                ("acked_records", "acknowledged"), ("service_latency_p50_us", "service p50"),
                ("service_latency_p99_us", "p99"), ("service_latency_max_us", "max"),
                ("requests", "requests"), ("wire_sent_bytes", "sent"),
                ("wire_received_bytes", "received"), ("socket_full_percent", "sockets full"),
                ("broker_errors", "errors"), ("broker_errors_by_code", "by code"),
            ])
    }

    /// `producers.csv`; nil without a row.
    static func producerGroups(_ table: CSVTable?) -> ReportSection? {
        parts(
            table, anchor: "producers", title: "Groups of producers",
            note: "Response latency is from when a record was due to its acknowledgement.",
            of: { $0["producer_group"] ?? "–" },
            [
                ("topics", "topics"), ("producers", "producers"),
                ("offered_rate_records_per_s", "offered"),
                ("acked_rate_records_per_s", "acknowledged"), ("logical_rate_mb_per_s", "bytes"),
                ("failed_records", "failed"), ("in_doubt_records", "in doubt"),
                ("response_latency_p50_us", "response p50"), ("response_latency_p99_us", "p99"),
                ("response_latency_max_us", "max"),
            ])
    }

    private static func parts(
        _ table: CSVTable?, anchor: String, title: String, note: String,
        of name: (CSVTable.Row) -> String, _ columns: [(column: String, heading: String)]
    ) -> ReportSection? {
        guard let table, !table.rows.isEmpty else { return nil }
        func run(_ row: CSVTable.Row) -> String {
            "\(row["variant"] ?? "default"), repetition \(row["repetition"] ?? "1")"
        }
        let areSeveral = Set(table.rows.map(run)).count > 1
        // What is empty in all rows, such as errors, has no column.
        let shown = columns.filter { column, _ in table.rows.contains { $0[column] != nil } }
        var parts = ReportTable(
            areSeveral ? "Of each run" : title,
            columns: [.text("")] + (areSeveral ? [.text("run")] : [])
                + shown.map { column, heading -> ReportTable.Heading in
                    ["topics", "broker_errors_by_code"].contains(column)
                        ? .text(heading) : .number(heading)
                },
            note: note, isFolded: areSeveral)
        for row in table.rows {
            parts.add(
                [name(row)] + (areSeveral ? [run(row)] : [])
                    + shown.map { ColumnText.value(row[$0.column], column: $0.column) })
        }
        var section = ReportSection(anchor: anchor, title: title)
        section.tables = [parts]
        return section
    }
}
