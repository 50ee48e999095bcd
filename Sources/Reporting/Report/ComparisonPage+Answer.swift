/// What a comparison found, in sentences.
extension ComparisonPage {
    /// The advice where there is one; else each variant against its baseline.
    var answer: [String] {
        if let conclusion = results.advice?.rows.first?["conclusion"] { return [conclusion] }
        guard !keyMetrics.isEmpty else { return [] }
        let compared = variants.filter { finding(of: $0) != nil }
        let shown = compared.prefix(Self.answerLimit).compactMap(finding)
        let left = compared.count - shown.count
        return shown + (left > 0 ? ["The other \(left) are in the table of the comparison."] : [])
    }

    private static let answerLimit = 8

    /// A metric in which a variant differs, with how much: `compression ratio (2.00×)`.
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
        return "\(variant) against \(baseline): \(parts.joined(separator: "; "))."
    }

    /// As `comparison.csv` says them, and as a sentence does.
    private static let differences = [
        ("better", "better in"), ("worse", "worse in"), ("higher", "higher in"),
        ("lower", "lower in"), ("~", "no difference is shown in"),
    ]
}

extension ReportSection {
    /// Each variant with why it is advised or not; nil without an advice.
    static func advice(_ advice: CSVTable?) -> ReportSection? {
        guard let advice, let first = advice.rows.first else { return nil }
        var section = ReportSection(anchor: "advice", title: "Advice")
        if let budget = first["budget"] { section.paragraphs = ["Budget: \(budget)."] }
        var table = ReportTable(
            "Each variant", columns: [.text("variant"), .text("place"), .text("why")],
            note:
                "On the front no other is shown to have both a better ratio and less CPU; what is "
                + "beaten is shown to be worse than one of those.")
        for row in advice.rows {
            table.add([row["variant"] ?? "", row["place"] ?? "", row["reason"] ?? ""])
        }
        section.tables = [table]
        return section
    }
}
