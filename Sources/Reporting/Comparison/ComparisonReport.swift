import Measurement

/// A comparison for a person: what is shown in sentences, then the headline metrics of every variant,
/// then notes on the figures.
public struct ComparisonReport {
    let comparison: Comparison
    /// Of a line, if the names of the variants allow.
    let width: Int

    /// - Parameter resultsPath: the folder, for the last line.
    public static func text(
        _ comparison: Comparison, resultsPath: String? = nil, width: Int = TerminalWidth.usual
    ) -> String {
        ComparisonReport(comparison: comparison, width: width).text(resultsPath: resultsPath)
    }

    private func text(resultsPath: String?) -> String {
        var lines = title
        if !answer.isEmpty { lines += [""] + answer.flatMap { wrapped($0) } }
        lines += tables
        lines += [""] + runs + thresholds + Self.differences(comparison)
        lines += [""] + legend.flatMap { wrapped($0) }
        if let resultsPath { lines += ["", "Results in \(resultsPath)"] }
        return lines.joined(separator: "\n") + "\n"
    }

    func wrapped(_ text: String, indent: Int = 0) -> [String] {
        SummaryReport.wrapped(text, indent: indent, width: width)
    }

    private var title: [String] {
        let counts = comparison.variants.map(\.runs.count)
        let repetitions = counts.min() == counts.max() ? "\(counts[0])" : "\(counts.min()!) or more"
        let noun = counts.max() == 1 ? "repetition" : "repetitions"
        let others = comparison.variants.count - 1
        let what =
            others == 0
            ? comparison.baselines[0]
            : "\(comparison.variants.count) variants, compared with "
                + comparison.baselines.joined(separator: ", ")
        return wrapped("\(what): \(repetitions) \(noun) each")
    }

    // MARK: The answer

    private static let answerLimit = 4

    /// A sentence for each variant, those on the Pareto front first, and one on the runs that do not
    /// count.
    private var answer: [String] {
        let findings = comparison.findings
        let shown = findings.prefix(Self.answerLimit).map(\.sentence)
        let left = findings.count - shown.count
        let rest = left > 0 ? ["The tables show the other \(left)."] : []
        return shown + rest + (findings.isEmpty ? [] : [comparison.disturbed].compactMap(\.self))
    }
}

extension Comparison {
    /// What is shown of each variant, those on the Pareto front first.
    var findings: [Finding] {
        let metrics = ComparedMetric.key(
            of: ComparedMetric.all.filter { metric in
                rows.contains { $0.metric == metric && $0.median != nil }
            })
        let compared = variants.filter { $0.baseline != $0.name }
        func isOnFront(_ variant: Variant) -> Bool {
            row(variant: variant.name, metric: ComparedMetric.compressionRatio)?.isOnParetoFront
                == true
        }
        return (compared.filter(isOnFront) + compared.filter { !isOnFront($0) }).compactMap {
            variant in
            Finding(
                variant.name, against: variant.baseline,
                metrics.compactMap { metric in
                    row(variant: variant.name, metric: metric.column).flatMap {
                        Finding.Part($0)
                    }
                })
        }
    }

    /// Which runs the machine disturbed and what became of them, in one sentence; nil if none.
    var disturbed: String? {
        let all = variants.flatMap(\.runs)
        let again = all.reduce(0) { $0 + $1.attempts - 1 }
        let left = all.count { !$0.isCounted && $0.isDisturbed }
        let counted = all.count { $0.isCounted && $0.isDisturbed }
        let parts = [
            again > 0 ? "\(again) \(Self.were(again)) made again" : nil,
            left > 0 ? "\(left) \(Self.were(left)) left out" : nil,
            counted > 0
                ? "\(counted) \(Self.were(counted)) counted, for want of undisturbed ones" : nil,
        ].compactMap(\.self)
        guard !parts.isEmpty else { return nil }
        return "Of the runs that the machine disturbed, \(parts.joined(separator: ", "))."
    }

    private static func were(_ count: Int) -> String { count == 1 ? "was" : "were" }
}
