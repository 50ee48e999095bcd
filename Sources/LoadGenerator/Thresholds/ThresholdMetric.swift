import Measurement
import SettingKeys

/// The figures that a threshold may use, by their names.
enum ThresholdMetric {
    private static let known = FigureNames(
        RunFigure.all.filter { $0.threshold != nil },
        // Other common names of the rates of producers and consumers.
        aliases: ["produce_rate": "produced_rate", "consume_rate": "consumed_rate"])

    /// In the order of the table of figures.
    static var all: [RunFigure] { known.figures }

    /// The figure of that name, or of that column.
    static func named(_ name: String) -> RunFigure? { known[name] }

    /// The names that a threshold may begin with.
    static var names: [String] { known.names }

    /// The metrics that a wrong name may mean, those that are most often quoted first: of `p99` the
    /// end-to-end and the response latency.
    static func meant(by name: String) -> [String] {
        if let others = foreign[name.lowercased()] { return others }
        if let nearest = NearestName.of(name, among: names) { return [nearest] }
        let words = words(of: name)
        let containing = names.filter { candidate in
            var left = words[...]
            for word in self.words(of: candidate) where word == left.first { left.removeFirst() }
            return left.isEmpty
        }
        // A word that most metrics have tells nothing.
        guard !words.isEmpty, containing.count <= mostContaining else { return [] }
        let quoted = containing.filter { name in preferred.contains { name.hasPrefix($0) } }
        let ranked =
            quoted.isEmpty
            ? containing
            : preferred.flatMap { prefix in
                quoted.filter { $0.hasPrefix(prefix) }
            }
        return Array(ranked.prefix(mostOffered))
    }

    /// The condition that a limit alone may mean: `20ms` is one of the end-to-end latency.
    static func meant(byLimit text: String) -> [String] {
        (try? Duration(text, option: "")) == nil ? [] : ["e2e_latency_p99 < \(text)"]
    }

    /// What other tools call a metric.
    static let foreign: [String: [String]] = [
        "throughput": ["acked_rate", "consumed_rate"], "rps": ["acked_rate"],
        "http_req_duration": ["response_latency_p99"], "errors": ["failed_records"],
        "error_rate": ["failed_records"], "cpu": ["cpu_s_per_logical_gb"],
        "ratio": ["compression_ratio"], "memory": ["rss_max"], "p99.9": ["e2e_latency_p999"],
    ]

    private static let preferred = ["e2e_latency_", "response_latency_", "lag_"]
    private static let mostContaining = 8
    private static let mostOffered = 2

    private static func words(of name: String) -> [String] {
        name.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }
}
