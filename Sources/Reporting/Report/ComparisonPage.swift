import Foundation
import Measurement

/// The page of a comparison: which variants differ from the baseline, and with what certainty.
struct ComparisonPage {
    let results: SavedResults
    /// All finished runs.
    let runs: [CSVTable.Row]
    /// In the order of the file.
    let variants: [String]
    let metrics: [Metric]

    /// The rows of one metric, by variant.
    struct Metric {
        let name: String
        let rows: [String: CSVTable.Row]

        var title: String { ColumnText.title(name) }
        /// The same for all variants: `higher` or `lower`; nil for a metric that only explains
        /// others.
        var better: String? { rows.values.lazy.compactMap { $0["better"] }.first }

        /// The title at the start of a line, with the direction.
        var label: String { ColumnText.label(name) + (direction.map { ": \($0)" } ?? "") }

        /// The text beside the title.
        var direction: String? { better.map { "\($0) is better" } }

        /// If the generator was the limit, the figure is a lower bound.
        var isThroughput: Bool { Self.isThroughput(name) }
        static func isThroughput(_ column: String) -> Bool {
            column.contains("_rate_") && column.hasSuffix("_per_s")
        }

        func text(_ number: Double) -> String { ColumnText.value(number, column: name) }
    }

    init(_ results: SavedResults) {
        self.results = results
        runs = results.summary?.rows ?? []
        let rows = results.comparison?.rows ?? []
        variants = (rows.isEmpty ? runs : rows).compactMap { $0["variant"] }.uniqued()
        metrics = rows.compactMap { $0["metric"] }.uniqued().map { name in
            let own = rows.filter { $0["metric"] == name }.compactMap { row in
                row["variant"].map { ($0, row) }
            }
            return Metric(name: name, rows: Dictionary(own) { first, _ in first })
        }
    }

    /// Whether a folder is one of several runs.
    static func holds(_ results: SavedResults) -> Bool {
        results.comparison != nil || (results.summary?.rows.count ?? 0) > 1
            || FileManager.default.fileExists(atPath: results.path + "/runs")
    }

    var verdict: ReportVerdict { ReportVerdict(runs: runs) }

    /// In the order of the file; several where variants have baselines of their own.
    var baselines: [String] {
        let compared = (results.comparison?.rows ?? []).filter { $0["difference"] != "baseline" }
        return compared.compactMap { $0["baseline"] }.uniqued()
    }

    /// Of all variants; nil if there are several.
    var baseline: String? {
        let known = baselines
        if known.count > 1 { return nil }
        return known.first ?? results.comparison?.rows.lazy.compactMap { $0["baseline"] }.first
    }

    var circumstances: [String] {
        let repetitions = variants.map { variant in runs.count { $0["variant"] == variant } }
        var parts = [runs.first?["started_at"] ?? results.name]
        if let target = runs.first?["target"] { parts.append("target: \(target)") }
        parts.append("\(variants.count) variants")
        if let fewest = repetitions.min(), let most = repetitions.max(), most > 0 {
            let count = fewest == most ? "\(most)" : "\(fewest)–\(most)"
            parts.append("\(count) repetition\(most == 1 ? "" : "s") each")
        }
        if let baseline {
            parts.append("baseline: \(baseline)")
        } else if !baselines.isEmpty {
            parts.append("baselines: " + baselines.joined(separator: ", "))
        }
        let labels = runs.compactMap { $0["label"] }.uniqued()
        if labels.count == 1 { parts.append("label: \(labels[0])") }
        if labels.count > 1 { parts.append("labels: " + Self.list(labels, limit: 3)) }
        parts += runs.compactMap { $0["tags"] }.uniqued().prefix(1)
        if let seconds = runs.first?.number("duration_s") {
            parts.append("\(Figure.duration(seconds: seconds)) each")
        }
        return parts
    }

    // MARK: Headline

    /// The metrics that people choose by, in the order of `comparison.csv`; then the others.
    private static let keyNames = ComparedMetric.all.filter(\.compared.isKey).map(\.column)

    private static let keyLimit = 7

    var keyMetrics: [Metric] {
        var known = Self.keyNames.compactMap { name in metrics.first { $0.name == name } }
        // End-to-end latency includes the response latency.
        if known.contains(where: { $0.name == "e2e_latency_p99_us" }) {
            known.removeAll { $0.name == "response_latency_p99_us" }
        }
        let others = metrics.filter { !Self.keyNames.contains($0.name) }
        return known.isEmpty ? Array(others.prefix(Self.keyLimit)) : known
    }

    var headline: [HeadlineFigure] { keyMetrics.compactMap(winner) }

    /// The variant with the best median, and with what certainty it is the best.
    private func winner(of metric: Metric) -> HeadlineFigure? {
        let measured = variants.compactMap { variant -> (name: String, median: Double)? in
            metric.rows[variant]?.number("median").map { (variant, $0) }
        }
        let isHigherBetter = metric.better == "higher"
        let best =
            isHigherBetter
            ? measured.max { $0.median < $1.median } : measured.min { $0.median < $1.median }
        guard let best, metric.better != nil, measured.count > 1,
            let row = metric.rows[best.name]
        else { return nil }
        let others = measured.filter { $0.name != best.name }
        let rivals = others.map(\.name).filter { Self.intervalsMeet(row, metric.rows[$0]) }
        let equals = others.filter { Self.isNoDifference($0.median, best.median) }.map(\.name)
        var note = [metric.text(best.median)]
        switch row["difference"] {
        case "baseline": note.append("it is the baseline")
        case "~": note.append("no difference to the baseline is shown")
        case _:
            if let ratio = row.number("ratio") {
                note.append("\(Figure.significant(ratio))× the baseline's")
            }
        }
        let direction = isHigherBetter ? "Highest" : "Lowest"
        guard rivals.isEmpty, equals.isEmpty else {
            note[0] = "\(best.name) has the best median, \(note[0])"
            return HeadlineFigure(
                label: "\(direction) \(metric.title)", figure: "no clear winner",
                note: (note + [Self.reason(row, rivals: rivals, equals: equals)])
                    .joined(separator: "; "))
        }
        note.append("its interval overlaps no other's")
        return HeadlineFigure(
            label: "\(direction) \(metric.title)", figure: best.name,
            note: note.joined(separator: "; "))
    }

    /// Why there is no winner.
    private static func reason(
        _ best: CSVTable.Row, rivals: [String], equals: [String]
    ) -> String {
        if best.number("ci_low") == nil { return "a single repetition shows no difference" }
        if !rivals.isEmpty { return "its interval overlaps that of " + list(rivals, limit: 3) }
        return "less than \(Comparison.leastDifference * 100) % from "
            + list(equals, limit: 3)
    }

    private static func isNoDifference(_ median: Double, _ best: Double) -> Bool {
        abs(median - best) < Comparison.leastDifference * abs(best)
    }

    /// Without an interval no difference is shown.
    private static func intervalsMeet(_ a: CSVTable.Row, _ b: CSVTable.Row?) -> Bool {
        guard let b, let aLow = a.number("ci_low"), let aHigh = a.number("ci_high"),
            let bLow = b.number("ci_low"), let bHigh = b.number("ci_high")
        else { return true }
        return aLow <= bHigh && bLow <= aHigh
    }

    private static func list(_ names: [String], limit: Int) -> String {
        let shown = names.prefix(limit).joined(separator: ", ")
        return names.count > limit ? "\(shown) and \(names.count - limit) more" : shown
    }
}
