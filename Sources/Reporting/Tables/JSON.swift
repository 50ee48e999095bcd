import Foundation

/// JSON with the columns' names as keys and their order kept: what `--json` prints.
public enum JSON {
    /// One object a row: numbers as numbers, `null` where CSV is empty.
    public static func object<Row: TableRow>(_ row: Row) -> String {
        let members = Row.columns.map { column in
            "  \(string(column.name)): \(value(column.field(row)))"
        }
        return "{\n" + members.joined(separator: ",\n") + "\n}"
    }

    static func value(_ field: Field) -> String {
        switch field {
        case .absent: "null"
        case .text(let text): string(text)
        case .integer(let number): String(number)
        case .decimal(let number, let digits): CSV.decimal(number, digits: digits) ?? "null"
        }
    }

    static func string(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20:
                result += String(format: "\\u%04x", scalar.value)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
