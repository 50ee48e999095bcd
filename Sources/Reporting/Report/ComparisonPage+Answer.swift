import Measurement

/// The result of a comparison, in sentences.
extension ComparisonPage {
    /// The advice, if there is any; else each variant against its baseline.
    var answer: [String] {
        if let conclusion = results.advice?.rows.first?["conclusion"] { return [conclusion] }
        let findings = variants.compactMap(finding)
        let left = findings.count - Self.answerLimit
        return [limits].compactMap(\.self) + findings.prefix(Self.answerLimit)
            + (left > 0 ? ["The other \(left) are in the table of the comparison."] : [])
    }

    /// The results of the limits of `--fail-if`; nil without any.
    private var limits: String? {
        let judged = (results.comparison?.rows ?? []).filter { $0["fail_if_result"] != nil }
        guard !judged.isEmpty else { return nil }
        let open = judged.count { $0["fail_if_result"] == "cannot_tell" }
        let failed = judged.filter {
            !["holds", "cannot_tell"].contains($0["fail_if_result"])
        }.map { row in
            let metric = row["metric"].map(ColumnText.title) ?? ""
            return "\(row["variant"] ?? ""), \(metric) \(row["fail_if"] ?? "")"
        }
        let ends =
            failed.isEmpty
            ? "None of the \(judged.count) limits of --fail-if failed"
            : "\(failed.count) of \(judged.count) limits of --fail-if failed: "
                + failed.joined(separator: "; ")
        return ends + (open > 0 ? "; \(open) undecided." : ".")
    }

    private static let answerLimit = 8

    /// A metric in which a variant differs, and by how much: `compression ratio (2.00×)`.
    private struct Change {
        let word: String
        let text: String
    }

    /// `zstd:3 against none: better in compression ratio (2.00×); no difference is shown in …`. Nil for
    /// a baseline, and for what was not compared.
    private func finding(of variant: String) -> String? {
        let rows = keyMetrics.compactMap { metric in
            metric.rows[variant].map { (metric: metric, row: $0) }
        }
        let changes = rows.compactMap { metric, row -> Change? in
            guard let word = row["difference"], word != "baseline" else { return nil }
            let ratio = row.number("ratio").map { " (\(Figure.significant($0))×)" } ?? ""
            return Change(word: word, text: metric.title + (word == "~" ? "" : ratio))
        }
        guard !changes.isEmpty, let baseline = rows.first?.row["baseline"] else { return nil }
        let parts = Self.differences.compactMap { word, words -> String? in
            let own = changes.filter { $0.word == word }.map(\.text)
            return own.isEmpty ? nil : "\(words) \(own.joined(separator: ", "))"
        }
        let few = canDiffer(variant, baseline) ? "" : "; so few repetitions could show none"
        return "\(variant) against \(baseline): \(parts.joined(separator: "; "))\(few)."
    }

    /// Whether there are so many repetitions that a difference could be shown, if it were large.
    private func canDiffer(_ variant: String, _ baseline: String) -> Bool {
        keyMetrics.contains { metric in
            let counts = [variant, baseline].map {
                metric.rows[$0]?.number("repetitions").flatMap { Int(exactly: $0) } ?? 0
            }
            return counts.allSatisfy { (1...1_000_000).contains($0) }
                && MannWhitney.smallestP(counts[0], counts[1]) < Comparison.level
        }
    }

    /// As `comparison.csv` says them, and as a sentence does.
    private static let differences = [
        ("better", "better in"), ("worse", "worse in"), ("higher", "higher in"),
        ("lower", "lower in"), ("~", "no difference is shown in"),
    ]
}

extension ReportSection {
    /// Each variant with the reason why it is advised or not; nil without advice.
    static func advice(_ advice: CSVTable?) -> ReportSection? {
        guard let advice, let first = advice.rows.first else { return nil }
        var section = ReportSection(anchor: "advice", title: "Advice")
        if let budget = first["budget"] { section.paragraphs = ["Budget: \(budget)."] }
        var table = ReportTable(
            "Each variant", columns: [.text("variant"), .text("place"), .text("why")],
            note:
                "Front: no other is shown to have both a better ratio and less CPU. Beaten: shown "
                + "to be worse than one on the front.")
        for row in advice.rows {
            table.add([row["variant"] ?? "", row["place"] ?? "", row["reason"] ?? ""])
        }
        section.tables = [table]
        return section
    }
}
