import Foundation

extension SavedResults {
    /// A folder of results, or one of its CSV files under any name.
    /// - Throws: if there is nothing to read, or a file is broken or not Weir's.
    public init(
        folderOrFile path: String,
        progress: @escaping (_ file: String, _ share: Double) -> Void = { _, _ in }
    ) throws(ReportingError) {
        var isDirectory: ObjCBool = false
        let exists = unsafe FileManager.default.fileExists(
            atPath: path, isDirectory: &isDirectory)
        guard exists, !isDirectory.boolValue else {
            try self.init(
                toShow: path,
                tables: [
                    .summary, .timeSeries, .lag, .percentiles, .comparison, .thresholds, .maxRate,
                    .codecs, .costs,
                ],
                progress: progress)
            return
        }
        var reader = try CSVRowReader(path: path)
        let columns = try reader.header()
        guard let kind = Table(columns: columns) else {
            throw CSVTable(columns: columns, rows: []).foreignError(path: path)
        }
        let table = try Self.table(kind, at: path, thinning: progress)
        let stem = URL(filePath: path).deletingPathExtension().lastPathComponent
        self.init(name: stem, path: path, tables: [kind: table])
    }

    /// Tables that are in memory already.
    init(name: String, path: String, tables: [Table: CSVTable]) {
        self.name = name
        self.path = path
        (self.tables, notes) = Self.withEachRunOnce(tables, path: path)
        environment = nil
        environmentJSON = nil
        profileYAML = nil
    }
}

extension CSVTable {
    /// Checks that a file has at least one column that Weir's file of that kind has, in any
    /// version.
    /// - Throws: `foreignCSV`.
    func requireColumns(of table: SavedResults.Table, path: String) throws(ReportingError) {
        // A run that was killed at its start may leave a file without a header.
        guard !columns.isEmpty, table.columnNames.isDisjoint(with: columns) else { return }
        throw foreignError(path: path)
    }

    /// The error for a file that Weir did not write, or that another program has rewritten.
    func foreignError(path: String) -> ReportingError {
        let header = columns.joined(separator: ",")
        for (separator, name) in [(";", "semicolons"), ("\t", "tabs")]
        where header.split(separator: Character(separator)).contains(where: {
            Self.allNames.contains($0.trimmingCharacters(in: .whitespaces))
        }) {
            return .foreignCSV(
                path: path,
                reason: "its fields are separated by \(name), as a spreadsheet program saves them "
                    + "where ',' is the decimal sign, and figures may have been changed with them; "
                    + "take the file that Weir wrote")
        }
        return .foreignCSV(
            path: path, reason: "its columns are not those of a CSV file that Weir writes")
    }

    private static let allNames = Set(SavedResults.Table.allCases.flatMap(\.columnNames))
}

extension SavedResults.Table {
    /// The columns of this version; no version has removed a column.
    fileprivate var columnNames: Set<String> {
        Set(TableDescription.named(rawValue)?.columns.map(\.name) ?? [])
    }

    /// The kind of file that has such columns. Old versions had fewer columns, so a few that only
    /// one kind has decide.
    fileprivate init?(columns: [String]) {
        let columns = Set(columns)
        let telling: [(table: Self, names: Set<String>)] = [
            (.timeSeries, ["elapsed_s", "role"]),
            (.lag, ["elapsed_s", "lag_records", "partition"]),
            (.percentiles, ["latency", "percentile", "value_us"]),
            (.codecs, ["codec", "bare_ratio"]), (.costs, ["codec", "producer_cores"]),
            (.summary, ["run_id", "verdict"]),
        ]
        guard let found = telling.first(where: { $0.names.isSubset(of: columns) }) else {
            return nil
        }
        self = found.table
    }
}
