import Foundation

/// How a report shows the columns of results files: their names as words, their values with units.
///
/// The unit stands at the end of a column's name, so that this reads columns which are not known
/// yet, too.
enum ColumnText {
    /// `e2e_latency_p99_us` → `end-to-end latency p99`.
    static func title(_ column: String) -> String {
        if let title = titles[column] { return title }
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

    /// A field as people read it: `12345.678` of a column in µs is `12.3 ms`. What is no number
    /// stays as it is, and what was not measured is a dash.
    static func value(_ field: String?, column: String) -> String {
        guard let field else { return "–" }
        guard let number = Double(field), number.isFinite else { return field }
        return value(number, column: column)
    }

    static func value(_ number: Double, column: String) -> String {
        if let unit = units.first(where: { column.hasSuffix($0.suffix) }) {
            return unit.text(number)
        }
        let isCount = !measures.contains(where: column.hasSuffix)
        let isWhole = number == number.rounded() && abs(number) < 1e15
        return isCount && isWhole ? Figure.count(Int64(number)) : Figure.significant(number)
    }

    private struct Unit {
        let suffix: String
        let text: @Sendable (Double) -> String
    }

    /// Longer endings come before those that they end in.
    private static let units: [Unit] = [
        Unit(suffix: "_records_per_s", text: Figure.rate),
        Unit(suffix: "_mb_per_s") { Figure.byteRate($0 * 1e6) },
        Unit(suffix: "_per_s", text: Figure.rate),
        Unit(suffix: "_ns_per_byte") { Figure.significant($0) + " ns/B" },
        Unit(suffix: "_s_per_logical_gb") { Figure.significant($0) + " s/GB" },
        Unit(suffix: "_s_per_gb") { Figure.significant($0) + " s/GB" },
        Unit(suffix: "_percent") { Figure.percent(ofShare: $0 / 100) },
        Unit(suffix: "_bytes", text: Figure.bytes),
        Unit(suffix: "bytes_per_batch_mean", text: Figure.bytes),
        Unit(suffix: "_ns") { Figure.duration(nanos: $0) },
        Unit(suffix: "_us") { Figure.duration(nanos: $0 * 1e3) },
        Unit(suffix: "_ms") { Figure.duration(nanos: $0 * 1e6) },
        Unit(suffix: "_s") { Figure.duration(seconds: $0) },
    ]

    /// Endings of mere numbers that are measured and not counted: a ratio of 7 is 7.00.
    private static let measures = ["_ratio", "_mean", "_batch"]

    private static let spellings = [
        ("e2e_latency", "end-to-end latency"), ("cpu_", "CPU "), ("fdatasync_per", "fdatasync per"),
        ("rss_", "memory "), ("share_of_", "share of "), ("acked_", "produced "),
    ]

    private static let titles = [
        "acked_rate_records_per_s": "produce rate",
        "consumed_rate_records_per_s": "consume rate",
        "offered_rate_records_per_s": "offered rate",
        "logical_rate_mb_per_s": "logical bytes produced",
        "stored_rate_mb_per_s": "bytes stored",
        "consumed_rate_mb_per_s": "logical bytes consumed",
        "cpu_s_per_logical_gb": "CPU cost per logical GB",
        "records_per_batch_mean": "records per batch",
        "bytes_per_batch_mean": "bytes per batch",
        "compress_ns_per_byte": "compressing",
        "decompress_ns_per_byte": "decompressing",
        "elapsed_s": "time",
        "lag_time_max_ms": "lag in time, highest",
        "lag_records_max": "lag in records, highest",
        "rss_max_bytes": "memory, highest",
        "hiccup_max_ms": "hiccup, longest",
        "cpu_user_s": "CPU in user mode",
        "cpu_system_s": "CPU in the kernel",
        "fdatasync_calls": "calls of fdatasync",
    ]
}
