import Foundation

/// RFC 4180, with `.` for the decimal sign: rows end in CR LF. Text that a spreadsheet would run as
/// a formula is marked (`SpreadsheetText`).
enum CSV {
    static func line(_ fields: [String]) -> String {
        fields.map(quoted).joined(separator: ",") + "\r\n"
    }

    static func header<Row>(_ columns: [Column<Row>]) -> String {
        line(columns.map(\.name))
    }

    static func line<Row>(_ row: Row, _ columns: [Column<Row>]) -> String {
        line(columns.map { text($0.field(row)) })
    }

    static func text(_ field: Field) -> String {
        switch field {
        case .absent: ""
        case .text(let text): text
        case .truth(let isTrue): isTrue ? "true" : "false"
        case .list(let parts, let separator): parts.joined(separator: separator)
        case .integer(let number): String(number)
        case .decimal(let number, let digits): decimal(number, digits: digits) ?? ""
        }
    }

    /// Nil for infinity and NaN. Independent of the user's locale.
    static func decimal(_ number: Double, digits: Int) -> String? {
        guard number.isFinite else { return nil }
        return String(format: "%.\(digits)f", locale: nil, number)
    }

    private static func quoted(_ field: String) -> String {
        let field = SpreadsheetText.marked(field)
        let needsQuotes = field.utf8.contains {
            $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\n")
                || $0 == UInt8(ascii: "\r")
        }
        // Many readers strip blanks at the start of a field.
        let startsBlank = field.first?.isWhitespace == true
        guard needsQuotes || startsBlank else { return field }
        // By scalars: a quote with a combining accent is one character, but must be doubled.
        var text = "\""
        for scalar in field.unicodeScalars {
            if scalar == "\"" { text.unicodeScalars.append(scalar) }
            text.unicodeScalars.append(scalar)
        }
        text.unicodeScalars.append("\"")
        return text
    }
}
