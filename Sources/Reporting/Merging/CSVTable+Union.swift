extension CSVTable {
    /// All rows of some tables under the columns of any, in the order of first mention but for the
    /// run's name, which comes first; a table's rows are empty where it lacks a column.
    static func united(_ tables: [CSVTable]) -> CSVTable {
        var columns: [String] = []
        var seen: Set<String> = []
        let mentioned = tables.flatMap(\.columns)
        let first = [RunName.column].filter(mentioned.contains)
        for name in first + mentioned where seen.insert(name).inserted {
            columns.append(name)
        }
        let rows = tables.flatMap { table in
            table.rows.map { row in columns.map { row[$0] ?? "" } }
        }
        return CSVTable(columns: columns, rows: rows)
    }

    /// A file of some rows, with its header.
    public static func text<Row: TableRow>(of rows: [Row]) -> String {
        CSV.header(Row.columns) + rows.map { CSV.line($0, Row.columns) }.joined()
    }

    /// The table as CSV again.
    var text: String { CSV.line(columns) + rows.map { CSV.line($0.fields) }.joined() }
}
