import Foundation

/// One metric family of OpenMetrics 1.0: a name, a type, and samples of each run.
///
/// Only gauges and summaries: Prometheus' older text format, which push gateways and the node
/// exporter read, has them as well.
struct MetricFamily {
    enum Kind: String {
        case gauge
        case summary
    }

    struct Sample {
        /// Behind the family's name: `_sum`, `_count`, or nothing.
        var suffix = ""
        /// In the order in which they are written.
        var labels: [(name: String, value: String)]
        var value: Double
    }

    let name: String
    let kind: Kind
    /// A base unit, with which the name ends; nil for counts and ratios.
    let unit: String?
    let help: String
    var samples: [Sample] = []

    /// The family in the text format; empty without a sample.
    var text: String {
        guard !samples.isEmpty else { return "" }
        var lines = ["# TYPE \(name) \(kind.rawValue)"]
        if let unit { lines.append("# UNIT \(name) \(unit)") }
        lines.append("# HELP \(name) \(Self.escaped(help))")
        for sample in samples {
            let labels = sample.labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }
            lines.append(
                "\(name)\(sample.suffix){\(labels.joined(separator: ","))} "
                    + Self.number(sample.value))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            .replacing("\r\n", with: "\\n").replacing("\n", with: "\\n")
    }

    /// Fifteen digits, as many as a double holds exactly.
    static func number(_ value: Double) -> String {
        Int64(exactly: value).map(String.init) ?? String(format: "%.15g", locale: nil, value)
    }
}
