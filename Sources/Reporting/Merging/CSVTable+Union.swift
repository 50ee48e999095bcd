extension CSVTable {
    /// All rows of some tables, with the columns of all of them: the run's name first, the others in
    /// the order in which they occur first. Fields of columns that a table lacks are empty.
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
    public var text: String { CSV.line(columns) + rows.map { CSV.line($0.fields) }.joined() }
}
