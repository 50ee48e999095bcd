/// The rows of several `summary.csv` as one table, each with the name of a variant.
public enum CombinedSummary {
    /// - Parameter parts: tables with a name for each of their rows. Rows of one name are repetitions
    ///   and are counted from 1 in the order given.
    public static func table(_ parts: [(summary: CSVTable, variants: [String])]) -> CSVTable {
        var repetitions: [String: Int] = [:]
        return .united(
            parts.map { summary, variants in
                precondition(variants.count == summary.rows.count, "a name for each row")
                let names = ["variant", "repetition"]
                let columns = summary.columns + names.filter { !summary.columns.contains($0) }
                let rows = zip(summary.rows, variants).map { row, variant in
                    repetitions[variant, default: 0] += 1
                    return columns.map { column in
                        switch column {
                        case "variant": variant
                        case "repetition": String(repetitions[variant]!)
                        default: row[column] ?? ""
                        }
                    }
                }
                return CSVTable(columns: columns, rows: rows)
            })
    }
}

extension ResultsFolder {
    /// `summary.csv` of rows that were read back.
    public func writeSummary(_ table: CSVTable) throws(ReportingError) {
        try write(table.text, to: SummaryRow.fileName)
    }

    /// `comparison.csv`.
    public func write(_ comparison: Comparison) throws(ReportingError) {
        try write(comparison.csv, to: ComparisonRow.fileName)
    }
}
