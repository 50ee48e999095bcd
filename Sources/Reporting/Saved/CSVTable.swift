/// A CSV file that was read back, written by any version of Weir or by a spreadsheet.
///
/// Columns are found by name, so files may have fewer or more columns than today's. LF, CR LF and
/// CR end a row; blank lines are skipped. A value of this type never changes; any thread may read
/// it.
public struct CSVTable: Sendable, Equatable {
    /// Names, in the order of the file.
    public let columns: [String]
    public let rows: [Row]
    /// The file ended in the middle of a row, for instance on a full disk. That row is not among
    /// `rows`.
    public let isCutOff: Bool
    /// How many rows the file has, if `rows` are only some of them (`SeriesThinner`).
    public let wholeRowCount: Int?

    /// One row; its fields are found by the names of their columns.
    public struct Row: Sendable, Equatable {
        /// As many as there are columns.
        public let fields: [String]
        /// Whether thinning kept the row only for its highest or lowest figures; medians leave it
        /// out.
        let isExtreme: Bool
        /// Shared by all rows of a table.
        fileprivate let indices: [String: Int]

        /// Nil if the field is empty (not measured) or there is no such column.
        public subscript(column: String) -> String? {
            guard let index = indices[column], !fields[index].isEmpty else { return nil }
            return fields[index]
        }

        /// Nil if the field is empty or not a finite number, or there is no such column.
        public func number(_ column: String) -> Double? {
            guard let number = self[column].flatMap(Double.init), number.isFinite else {
                return nil
            }
            return number
        }
    }

    /// A table of values that are in memory already. Every row has a field for each column, and no
    /// two columns share a name.
    public init(columns: [String], rows: [[String]], isCutOff: Bool = false) {
        self.init(
            columns: columns, rows: rows.map { (fields: $0, isExtreme: false) }, isCutOff: isCutOff,
            wholeRowCount: nil)
    }

    /// - Parameter wholeRowCount: nil if `rows` has all rows.
    init(
        columns: [String], rows: [(fields: [String], isExtreme: Bool)], isCutOff: Bool,
        wholeRowCount: Int?
    ) {
        precondition(
            rows.allSatisfy { $0.fields.count == columns.count }, "a field for each column")
        let indices = Dictionary(uniqueKeysWithValues: zip(columns, columns.indices))
        self.columns = columns
        self.rows = rows.map {
            Row(fields: $0.fields, isExtreme: $0.isExtreme, indices: indices)
        }
        self.isCutOff = isCutOff
        self.wholeRowCount = wholeRowCount
    }

    /// Reads a file whole.
    public init(path: String) throws(ReportingError) {
        var reader = try CSVRowReader(path: path)
        try self.init(&reader)
    }

    /// - Parameter path: the file's name in errors.
    public init(text: String, path: String) throws(ReportingError) {
        var reader = try CSVRowReader(Array(text.utf8), path: path)
        try self.init(&reader)
    }

    private init(_ reader: inout CSVRowReader) throws(ReportingError) {
        let columns = try reader.header()
        var rows: [[String]] = []
        while try reader.nextRow(under: columns.count) {
            var fields: [String] = []
            fields.reserveCapacity(columns.count)
            for index in columns.indices { fields.append(try reader.text(of: index)) }
            rows.append(fields)
        }
        self.init(columns: columns, rows: rows, isCutOff: reader.isCutOff)
    }
}

extension CSVRowReader {
    /// The names of the columns; none in an empty file.
    mutating func header() throws(ReportingError) -> [String] {
        guard try next() else { return [] }
        var columns: [String] = []
        for index in 0..<row.fieldCount { columns.append(try text(of: index)) }
        if let twice = columns.firstRepeated {
            throw .malformedCSV(
                path: path, line: row.line, reason: "two columns are named \(twice)")
        }
        return columns
    }

    /// Reads the next row that is neither blank nor cut off; false at the end.
    mutating func nextRow(under columnCount: Int) throws(ReportingError) -> Bool {
        while try next() {
            let isBlank = row.fieldCount == 1 && row.byteCount == 0 && columnCount > 1
            if isBlank { continue }
            if row.fieldCount == columnCount { return true }
            guard !row.isEnded, row.fieldCount < columnCount else {
                throw .malformedCSV(
                    path: path, line: row.line,
                    reason: "\(row.fieldCount) fields under \(columnCount) columns")
            }
            isCutOff = true
        }
        return false
    }

    func text(of field: Int) throws(ReportingError) -> String {
        guard let text = row.text(of: field) else {
            throw .malformedCSV(path: path, line: row.line, reason: "the file is not UTF-8")
        }
        return text
    }
}

extension [String] {
    fileprivate var firstRepeated: String? {
        var seen: Set<String> = []
        return first { !seen.insert($0).inserted }
    }
}
