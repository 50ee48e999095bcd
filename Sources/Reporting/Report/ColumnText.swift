import Measurement

/// How a report shows the columns of results files: names as words, values with units.
///
/// The table of figures describes those of `summary.csv`. For other files, and for unknown
/// versions, the unit is taken from the end of the name.
enum ColumnText {
    /// `e2e_latency_p99_us` → `end-to-end latency p99`.
    static func title(_ column: String) -> String {
        if let figure = RunFigure.named(column) { return figure.title }
        if column == "elapsed_s" { return "time" }
        var words = column
        if let suffix = units.first(where: { words.hasSuffix($0.suffix) })?.suffix,
            words.count > suffix.count
        {
            words.removeLast(suffix.count)
        }
        for (prefix, spelling) in spellings where words.hasPrefix(prefix) {
            words = spelling + words.dropFirst(prefix.count)
        }
        return words.replacing("_p999", with: " p99.9").replacing("_", with: " ")
    }

    /// The title at the start of a line.
    static func label(_ column: String) -> String {
        let title = title(column)
        return title.prefix(1).uppercased() + title.dropFirst()
    }

    /// A field for people: `12345.678` of a column in µs is `12.3 ms`. Text that is not a number
    /// stays unchanged, and an empty field is a dash.
    static func value(_ field: String?, column: String) -> String {
        guard let field else { return "–" }
        guard let number = Double(field), number.isFinite else { return field }
        return value(number, column: column)
    }

    static func value(_ number: Double, column: String) -> String {
        if let figure = RunFigure.named(column) { return figure.unit.text(number) }
        if let unit = units.first(where: { column.hasSuffix($0.suffix) }) {
            return unit.text(number)
        }
        let isMeasured = measures.contains(where: column.hasSuffix)
        return (isMeasured ? RunFigure.Unit.number : .count).text(number)
    }

    /// Longer endings come before shorter ones that they contain.
    private static let units: [(suffix: String, text: @Sendable (Double) -> String)] = [
        ("_records_per_s", RunFigure.Unit.recordsPerSecond.text),
        ("_mb_per_s", RunFigure.Unit.megabytesPerSecond.text),
        ("_per_s", Figure.rate),
        ("_ns_per_byte", RunFigure.Unit.nanosecondsPerByte.text),
        ("_s_per_logical_gb", RunFigure.Unit.secondsPerGigabyte.text),
        ("_s_per_gb", RunFigure.Unit.secondsPerGigabyte.text),
        ("_percent", RunFigure.Unit.percent.text),
        ("_bytes", RunFigure.Unit.bytes.text),
        ("_ns", { Figure.duration(nanos: $0) }),
        ("_us", RunFigure.Unit.microseconds.text),
        ("_ms", RunFigure.Unit.milliseconds.text),
        ("_s", RunFigure.Unit.seconds.text),
    ]

    /// Endings of plain numbers that are measured and not counted: a ratio of 7 is 7.00.
    private static let measures = ["_ratio", "_mean", "_batch"]

    private static let spellings = [
        ("e2e_latency", "end-to-end latency"), ("cpu_", "CPU "), ("fdatasync_per", "fdatasync per"),
        ("rss_", "memory "), ("share_of_", "share of "), ("acked_", "acknowledged "),
    ]
}
