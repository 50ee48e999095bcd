extension ReportSection {
    /// Whether every record arrived, in each run.
    static func audit(_ rows: [CSVTable.Row]) -> ReportSection {
        var section = ReportSection(anchor: "audit", title: "Delivery audit")
        let audited = rows.filter { row in faults.contains { row[$0.column] != nil } }
        guard !audited.isEmpty else {
            section.absence =
                rows.isEmpty
                ? "No summary.csv with a row: nothing is known of the records' delivery."
                : "Nobody consumed, so nobody could check what arrived."
            return section
        }
        var table = ReportTable(
            "Faults", columns: [.text(""), .number("records"), .text("meaning")])
        var total = 0.0
        for fault in faults {
            let count = audited.compactMap { $0.number(fault.column) }.reduce(0, +)
            total += count
            table.add([
                .init(ColumnText.label(fault.column)),
                .init(
                    ColumnText.value(count, column: fault.column), tone: count > 0 ? "worse" : ""),
                .init(fault.meaning),
            ])
        }
        let acked = audited.compactMap { $0.number("acked_records") }.reduce(0, +)
        let ofAcked = "\(ColumnText.value(acked, column: "acked_records")) acknowledged records"
        let runs = audited.count == 1 ? "" : " of \(audited.count) runs"
        section.paragraphs = [
            total == 0
                ? "Producers enter each batch in a ledger: its producer, its sequence numbers, a check of "
                    + "each value and when it was due. By that ledger, consumers found all \(ofAcked)\(runs), once, in order and unharmed."
                : "Of \(ofAcked)\(runs) not all arrived as they were sent."
        ]
        section.tables = [table]
        return section
    }

    private static let faults = [
        (column: "lost", meaning: "acknowledged, and never consumed by a group"),
        (column: "duplicated", meaning: "consumed more than once by a group"),
        (column: "reordered", meaning: "consumed after a later one of the same producer"),
        (column: "corrupt", meaning: "not what had been sent"),
        (column: "misrouted", meaning: "consumed from another partition than it was sent to"),
    ]

    /// What the machine did to a run, and the run to the machine.
    static func machine(_ row: CSVTable.Row?) -> ReportSection {
        var section = ReportSection(anchor: "machine", title: "Machine")
        var table = ReportTable(
            "During the measured part", columns: [.text(""), .number("value"), .text("meaning")])
        for (column, meaning) in machineColumns {
            guard let row, let field = row[column] else { continue }
            table.add([
                ColumnText.label(column), ColumnText.value(field, column: column), meaning,
            ])
        }
        guard !table.isEmpty else {
            section.absence = "Nothing was measured of the machine."
            return section
        }
        section.tables = [table, shares(row)].filter { !$0.isEmpty }
        return section
    }

    private static let machineColumns = [
        ("hiccup_max_ms", "a thread that should wake every millisecond woke this late"),
        ("hiccup_p99_us", "the same, 99th percentile, weighted by time"),
        ("cpu_steal_percent", "of the machine's CPU time, given to others by its hypervisor"),
        ("cpu_user_s", "of this process: generator and log"),
        ("cpu_system_s", "of this process: generator and log"),
        ("rss_max_bytes", "resident, mapped files too"),
        ("fdatasync_calls", "flushes to the disk that the log made"),
        ("fdatasync_per_acked_batch", "flushes for each acknowledged batch"),
        ("clock_skew_count", "latencies of zero or less: clocks that disagree"),
    ]

    private static func shares(_ row: CSVTable.Row?) -> ReportTable {
        var table = ReportTable(
            "Share of this machine's limits, measured in the same run",
            columns: [.text(""), .number("share")])
        for (column, name) in limits {
            guard let share = row?.number(column) else { continue }
            table.add([name, Figure.percent(ofShare: share)])
        }
        return table
    }

    private static let limits = [
        ("share_of_memory_copy", "memory copy"), ("share_of_crc32c", "CRC-32C"),
        ("share_of_write", "write"), ("share_of_fdatasync", "fdatasync"),
        ("share_of_compression", "codec, compressing"),
        ("share_of_decompression", "codec, decompressing"), ("share_of_sendfile", "sendfile"),
        ("share_of_socket_write", "socket write"),
    ]
}
