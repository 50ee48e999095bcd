import Foundation

/// One metric family of OpenMetrics 1.0: a name, what it is, and a sample for each run.
///
/// Gauges and summaries are enough, and the only two of its kinds for a finished run that Prometheus'
/// older text format has, too: push gateways and the node exporter still read that.
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
    /// A base unit, which the name ends in; nil for counts and ratios.
    let unit: String?
    let help: String
    var samples: [Sample] = []

    /// The family in the text format; nothing where it has no sample.
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

    /// Fifteen digits: all that a double is sure of, without the noise of its last bit.
    static func number(_ value: Double) -> String {
        Int64(exactly: value).map(String.init) ?? String(format: "%.15g", locale: nil, value)
    }
}
