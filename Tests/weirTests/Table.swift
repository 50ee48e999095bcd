import Foundation

/// A results file as a stranger reads it: RFC 4180, by the names in its header.
struct Table {
    struct Malformed: Error { let line: String }

    struct Row {
        fileprivate let fields: [String: String]

        /// A field that is not there reads as no field can.
        subscript(_ column: String) -> String { fields[column] ?? "no column \(column)" }
        var columns: [String] { Array(fields.keys) }
        func number(_ column: String) -> Double? { Double(self[column]) }
    }

    let columns: [String]
    let rows: [Row]

    /// Throws where a row has not as many fields as the header, or the last one has no end.
    init(_ text: String) throws {
        guard text.hasSuffix("\r\n") else { throw Malformed(line: String(text.suffix(80))) }
        var records = Self.records(text)
        guard !records.isEmpty else { throw Malformed(line: "") }
        let columns = records.removeFirst()
        rows = try records.map { fields in
            guard fields.count == columns.count else {
                throw Malformed(line: fields.joined(separator: ","))
            }
            return Row(fields: Dictionary(zip(columns, fields)) { first, _ in first })
        }
        self.columns = columns
    }

    func sum(_ column: String, where isWanted: (Row) -> Bool = { _ in true }) -> Double {
        rows.filter(isWanted).reduce(0) { $0 + ($1.number(column) ?? 0) }
    }

    private static func records(_ text: String) -> [[String]] {
        var records: [[String]] = []
        var (fields, field, isQuoted) = ([String](), "", false)
        for character in text {
            switch character {
            case "\"":
                // A doubled quote inside of quotes opens and closes: one of the two is kept.
                if !isQuoted, !field.isEmpty { field.append("\"") }
                isQuoted.toggle()
            case "," where !isQuoted:
                fields.append(field)
                field = ""
            // One character in Swift. A bare LF is part of a field, and so a fault where it is not quoted.
            case "\r\n" where !isQuoted:
                records.append(fields + [field])
                (fields, field) = ([], "")
            default: field.append(character)
            }
        }
        return records
    }
}
