import Measurement

/// Writes the rows of one results file, each call with one `write`.
///
/// Any thread may append; rows of one call stay together.
public final class CSVWriter<Row: TableRow>: Sendable {
    public let path: String
    private let file: CheckedMutex<OutputFile>

    /// Creates `folder/Row.fileName` with its header row.
    public init(in folder: String) throws(ReportingError) {
        path = folder + "/" + Row.fileName
        let file = try OutputFile(creating: path)
        try file.append(CSV.header(Row.columns))
        self.file = CheckedMutex(file)
    }

    public func append(_ rows: [Row]) throws(ReportingError) {
        guard !rows.isEmpty else { return }
        let columns = Row.columns
        let lines = rows.map { CSV.line($0, columns) }.joined()
        try file.withLock { (file) throws(ReportingError) in try file.append(lines) }
    }

    public func append(_ row: Row) throws(ReportingError) {
        try append([row])
    }
}
