import Synchronization

/// Writes the rows of one results file, each group with one `write` as soon as it is known.
///
/// Any thread may append; rows of one call stay together.
public final class CSVWriter<Row: TableRow>: Sendable {
    public let path: String
    private let file: Mutex<OutputFile>

    /// Creates `folder/Row.fileName` with its header row.
    public init(in folder: String) throws(ReportingError) {
        path = folder + "/" + Row.fileName
        let file = try OutputFile(creating: path)
        try file.append(CSV.header(Row.columns))
        self.file = Mutex(file)
    }

    public func append(_ rows: [Row]) throws(ReportingError) {
        guard !rows.isEmpty else { return }
        let columns = Row.columns
        let lines = rows.map { CSV.line($0, columns) }.joined()
        // A closure that throws more than one type cannot be typed; carry the outcome as a value.
        let outcome: Result<Void, ReportingError> = file.withLock { file in
            do throws(ReportingError) {
                return .success(try file.append(lines))
            } catch {
                return .failure(error)
            }
        }
        try outcome.get()
    }

    public func append(_ row: Row) throws(ReportingError) {
        try append([row])
    }
}
