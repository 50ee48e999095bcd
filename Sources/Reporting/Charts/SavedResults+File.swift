import Foundation

extension SavedResults {
    /// A folder of results, or a single CSV file of one, under whatever name it was copied.
    /// - Throws: where there is nothing to read, or what is there is broken or no file of Weir's.
    public init(folderOrFile path: String) throws(ReportingError) {
        var isDirectory: ObjCBool = false
        let exists = unsafe FileManager.default.fileExists(
            atPath: path, isDirectory: &isDirectory)
        guard exists, !isDirectory.boolValue else {
            try self.init(
                path: path, tables: [.summary, .timeSeries, .lag, .percentiles, .comparison])
            return
        }
        let table = try CSVTable(path: path)
        guard let kind = Table(columns: table.columns) else {
            throw .notResults(
                path: path, reason: "its columns are not those of a CSV file that Weir writes")
        }
        let stem = URL(filePath: path).deletingPathExtension().lastPathComponent
        self.init(name: stem, path: path, tables: [kind: table])
    }

    /// Tables that are in memory already.
    init(name: String, path: String, tables: [Table: CSVTable]) {
        self.name = name
        self.path = path
        self.tables = tables
        environment = nil
        environmentJSON = nil
        profileYAML = nil
    }
}

extension SavedResults.Table {
    /// Which file has such columns; old versions had fewer, so a few that no other file has decide.
    fileprivate init?(columns: [String]) {
        let columns = Set(columns)
        let telling: [(table: Self, names: Set<String>)] = [
            (.timeSeries, ["elapsed_s", "role"]),
            (.lag, ["elapsed_s", "lag_records", "partition"]),
            (.percentiles, ["latency", "percentile", "value_us"]),
            (.summary, ["run_id", "verdict"]),
        ]
        guard let found = telling.first(where: { $0.names.isSubset(of: columns) }) else {
            return nil
        }
        self = found.table
    }
}
