import Foundation
import SwiftCSV

/// A CSV file as read back: what any version of Weir, or a spreadsheet, has written.
///
/// Columns are found by name, so that files with fewer or more of them than today's are as good.
/// LF, CR LF and CR end a row, and a blank line is none. A value of this type never changes; any
/// thread may read it.
public struct CSVTable: Sendable, Equatable {
    /// Names, in the order of the file.
    public let columns: [String]
    public let rows: [Row]
    /// The file ended in the middle of a row, as a run that died of a full disk leaves it. That row
    /// is not among `rows`.
    public let isCutOff: Bool

    /// One row; its fields are found by the names of their columns.
    public struct Row: Sendable, Equatable {
        /// As many as there are columns.
        public let fields: [String]
        /// Shared by all rows of a table.
        fileprivate let indices: [String: Int]

        /// Nil where the field is empty (not measured) or there is no such column.
        public subscript(column: String) -> String? {
            guard let index = indices[column], !fields[index].isEmpty else { return nil }
            return fields[index]
        }

        /// Nil where the field is empty or no finite number, or there is no such column.
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
        precondition(rows.allSatisfy { $0.count == columns.count }, "a field for each column")
        let indices = Dictionary(uniqueKeysWithValues: zip(columns, columns.indices))
        self.columns = columns
        self.rows = rows.map { Row(fields: $0, indices: indices) }
        self.isCutOff = isCutOff
    }

    /// Reads a file whole.
    public init(path: String) throws(ReportingError) {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw .inputOutput(operation: "read", path: path, errno: error.posixCode)
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw .malformedCSV(path: path, line: 1, reason: "the file is not UTF-8")
        }
        try self.init(text: text, path: path)
    }

    /// - Parameter path: what errors call the file.
    public init(text: String, path: String) throws(ReportingError) {
        var lines = try CSVLines(text: text, path: path).makeIterator()
        guard let header = lines.next() else {
            self.init(columns: [], rows: [])
            return
        }
        let columns = header.fields
        if let twice = columns.firstRepeated {
            throw .malformedCSV(
                path: path, line: header.line, reason: "two columns are named \(twice)")
        }
        var rows: [[String]] = []
        var isCutOff = false
        while let row = lines.next() {
            let isBlank = row.fields == [""] && columns.count > 1
            if isBlank { continue }
            if row.fields.count == columns.count {
                rows.append(row.fields)
            } else if row.isLast, row.fields.count < columns.count, text.last?.isNewline == false {
                isCutOff = true
            } else {
                throw .malformedCSV(
                    path: path, line: row.line,
                    reason: "\(row.fields.count) fields under \(columns.count) columns")
            }
        }
        self.init(columns: columns, rows: rows, isCutOff: isCutOff)
    }
}

extension [String] {
    fileprivate var firstRepeated: String? {
        var seen: Set<String> = []
        return first { !seen.insert($0).inserted }
    }
}
