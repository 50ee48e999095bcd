import Foundation

/// The output of `--json`: the columns' names are the keys, in the columns' order.
public enum JSON {
    /// One object a row: numbers as numbers, `null` where CSV is empty.
    public static func object<Row: TableRow>(_ row: Row) -> String { object(row, more: []) }

    /// The object that `weir run --json` prints: the row of `summary.csv`, then the path of the
    /// results and the outcome of each threshold, as in `thresholds.csv`.
    public static func object(
        _ summary: SummaryRow, thresholds: [ThresholdRow], resultsPath: String
    ) -> String {
        object(
            summary,
            more: [("results_path", string(resultsPath)), ("threshold_results", list(thresholds))])
    }

    /// The object with the path of the results after its columns.
    public static func object<Row: TableRow>(_ row: Row, resultsPath: String) -> String {
        object(row, more: [("results_path", string(resultsPath))])
    }

    /// - Parameter more: names with their JSON, behind the columns.
    private static func object<Row: TableRow>(
        _ row: Row, more: [(name: String, json: String)]
    ) -> String {
        let columns = Row.columns.map { (name: $0.name, json: value($0.field(row))) }
        let members = (columns + more).map { "  \(string($0.name)): \($0.json)" }
        return "{\n" + members.joined(separator: ",\n") + "\n}"
    }

    /// A list of such objects.
    public static func list<Row: TableRow>(_ rows: [Row]) -> String {
        "[\n" + rows.map(object).joined(separator: ",\n") + "\n]"
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
