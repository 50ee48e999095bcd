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

    /// Nil for a baseline, and for what was not compared.
    private func finding(of variant: String) -> String? {
        let rows = keyMetrics.compactMap { $0.rows[variant] }
        guard let baseline = rows.first?["baseline"] else { return nil }
        return Finding(variant, against: baseline, rows.compactMap { Finding.Part($0) })?.sentence
    }
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
