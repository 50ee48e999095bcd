import Foundation

/// The output of `--json`: the columns' names are the keys, in the columns' order. Numbers, truths and lists
/// are JSON's, texts are as measured, without the mark that spreadsheets need.
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
    /// - Parameter resultsPath: the last member of each, unless it is nil.
    public static func list<Row: TableRow>(_ rows: [Row], resultsPath: String? = nil) -> String {
        let more = resultsPath.map { [(name: "results_path", json: string($0))] } ?? []
        return "[\n" + rows.map { object($0, more: more) }.joined(separator: ",\n") + "\n]"
    }

    /// The list that `weir compare --json` prints: the rows of `comparison.csv`, each with the path of the
    /// results and the outcomes of the thresholds on its variant and metric, as in `thresholds.csv`. Those on
    /// a metric without a row are in the first row of their variant, so that each is in the list, once.
    /// - Parameter thresholds: `thresholds.csv`; nil without any.
    public static func list(
        _ rows: [ComparisonRow], thresholds: CSVTable?, resultsPath: String
    ) -> String {
        var outcomes: [Int: [ThresholdRow]] = [:]
        for outcome in (thresholds?.rows ?? []).map(ThresholdRow.init) {
            let isOfVariant = { (row: ComparisonRow) in row.variant == outcome.run.variant }
            let place =
                rows.firstIndex { isOfVariant($0) && $0.metric.column == outcome.metric }
                ?? rows.firstIndex(where: isOfVariant) ?? 0
            outcomes[place, default: []].append(outcome)
        }
        let objects = rows.enumerated().map { place, row in
            object(
                row,
                more: [
                    ("results_path", string(resultsPath)),
                    ("threshold_results", list(outcomes[place] ?? [])),
                ])
        }
        return "[\n" + objects.joined(separator: ",\n") + "\n]"
    }

    /// An object of this type in one line, for several of them in a stream (NDJSON). Line breaks inside
    /// of texts are escaped, so those that are left are between members.
    public static func line(_ object: String) -> String {
        object.split(separator: "\n").map { $0.drop { $0 == " " } }.joined(separator: " ")
    }

    static func value(_ field: Field) -> String {
        switch field {
        case .absent: "null"
        case .text(let text): string(text)
        case .truth(let isTrue): isTrue ? "true" : "false"
        case .list(let parts, _): "[" + parts.map(string).joined(separator: ", ") + "]"
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
