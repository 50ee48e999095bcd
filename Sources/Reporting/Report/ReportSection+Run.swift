import Measurement

extension ReportSection {
    /// Whether every record arrived, in each run.
    static func audit(_ rows: [CSVTable.Row]) -> ReportSection {
        var section = ReportSection(anchor: "audit", title: "Delivery audit")
        let audited = rows.filter { row in faults.contains { row[$0.column] != nil } }
        guard !audited.isEmpty else {
            section.absence =
                rows.isEmpty
                ? "No summary.csv with a row: the records' delivery is unknown."
                : "There were no consumers, so delivery was not checked."
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
                    + "each value and when it was due. By that ledger, consumers found all \(ofAcked)\(runs), once, in order and unchanged."
                : "Not all of \(ofAcked)\(runs) arrived as they were sent."
        ]
        section.tables = [table]
        return section
    }

    private static let faults = RunFigure.all.compactMap {
        figure -> (column: String, meaning: String)? in
        guard case .fault(let words)? = figure.page else { return nil }
        return (figure.column, words)
    }

    /// Disturbances by the machine, and the run's use of it.
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
            section.absence = "The machine was not measured."
            return section
        }
        section.tables = [table, shares(row)].filter { !$0.isEmpty }
        return section
    }

    /// The machine's own figures first.
    private static let machineColumns =
        (RunFigure.all.filter { $0.theme == .machine }
        + RunFigure.all.filter { $0.theme != .machine }).compactMap {
            figure -> (column: String, meaning: String)? in
            guard case .machine(let words)? = figure.page else { return nil }
            return (figure.column, words)
        }

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

    private static let limits = RunFigure.all.compactMap {
        figure -> (column: String, name: String)? in
        guard case .share(let limit)? = figure.page else { return nil }
        return (figure.column, limit)
    }
}
