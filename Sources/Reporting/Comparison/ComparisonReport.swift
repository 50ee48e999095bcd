import Measurement

/// A comparison for a person: the headline metrics of every variant, at most 100 columns wide if
/// the names of the variants allow, then notes on the figures.
public enum ComparisonReport {
    /// - Parameter resultsPath: the folder, for the last line.
    public static func text(_ comparison: Comparison, resultsPath: String? = nil) -> String {
        var lines = title(comparison)
        for section in RunFigure.Compared.Section.allCases {
            let metrics = ComparedMetric.all.filter { metric in
                metric.section == section
                    && comparison.rows.contains { $0.metric == metric && $0.median != nil }
            }
            if metrics.isEmpty { continue }
            lines += [""] + tables(comparison, section, metrics)
        }
        lines += [""] + runs(comparison) + thresholds(comparison) + differences(comparison)
        lines += [""] + legend(comparison).flatMap { SummaryReport.wrapped($0, indent: 0) }
        if let resultsPath { lines += ["", "Results in \(resultsPath)"] }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func title(_ comparison: Comparison) -> [String] {
        let counts = comparison.variants.map(\.runs.count)
        let repetitions = counts.min() == counts.max() ? "\(counts[0])" : "\(counts.min()!) or more"
        let noun = counts.max() == 1 ? "repetition" : "repetitions"
        let others = comparison.variants.count - 1
        let what =
            others == 0
            ? comparison.baselines[0]
            : "\(comparison.variants.count) variants, compared with "
                + comparison.baselines.joined(separator: ", ")
        return SummaryReport.wrapped("\(what): \(repetitions) \(noun) each", indent: 0)
    }

    // MARK: Tables

    /// One table, or several below each other to stay within the width.
    private static func tables(
        _ comparison: Comparison, _ section: RunFigure.Compared.Section, _ metrics: [ComparedMetric]
    ) -> [String] {
        let lines = table(comparison, section, metrics).lines(gap: 2).map(withPlainBlanks)
        let isTooWide = lines.contains { $0.count > SummaryReport.width }
        guard isTooWide, metrics.count > 1 else { return lines }
        let half = (metrics.count + 1) / 2
        return tables(comparison, section, Array(metrics[..<half])) + [""]
            + tables(comparison, section, Array(metrics[half...]))
    }

    /// Replaces a mark that other rows have, so that digits are aligned.
    private static let blank: Character = "\u{A0}"

    private static func withPlainBlanks(_ line: String) -> String {
        let plain = line.map { $0 == blank ? " " : $0 }
        return String(plain.reversed().drop { $0 == " " }.reversed())
    }

    private static func table(
        _ comparison: Comparison, _ section: RunFigure.Compared.Section, _ metrics: [ComparedMetric]
    ) -> TextTable {
        let comparesVariants = comparison.variants.count > 1
        let baselines = Set(comparison.baselines)
        var table = TextTable(indent: 0)
        table.add(
            [section.heading ?? ""]
                + metrics.flatMap { comparesVariants ? [$0.title, ""] : [$0.title] })
        let flagged = Set(
            comparison.rows.filter { !$0.outliers.isEmpty }.map(\.metric.column))
        for variant in comparison.variants {
            let name = variant.name + (baselines.contains(variant.name) ? " *" : "")
            var cells = ["  " + (comparesVariants ? name : variant.name)]
            for metric in metrics {
                let row = comparison.row(variant: variant.name, metric: metric.column)
                let isFlagged = flagged.contains(metric.column)
                cells.append(row.map { value($0, leavesRoom: isFlagged) } ?? "")
                if comparesVariants { cells.append(row.map(difference) ?? "") }
            }
            table.add(cells)
        }
        return table
    }

    /// `1.59 M/s ±2 %`, with `!` for an outlier among the repetitions; `-` if no repetition counts.
    /// - Parameter leavesRoom: for the `!` that another row of the column has.
    private static func value(_ row: ComparisonRow, leavesRoom: Bool) -> String {
        guard let median = row.median else { return "-" }
        var text = row.metric.text(median)
        if let interval = row.interval, median != 0 {
            let reach = max(median - interval.lowerBound, interval.upperBound - median)
            text += " ±" + percent(ofShare: reach / abs(median))
        }
        if !row.outliers.isEmpty { return text + " !" }
        return leavesRoom ? text + String([blank, blank]) : text
    }

    private static func percent(ofShare share: Double) -> String {
        let percent = share * 100
        return Figure.fixed(percent, digits: percent > 0 && percent < 0.95 ? 1 : 0) + " %"
    }

    /// `1.14× ▲`, or `~` where no difference is shown.
    private static func difference(_ row: ComparisonRow) -> String {
        switch row.difference {
        case nil, .baseline: return ""
        case .notShown: return "~"
        case .better: return ratio(row) + "▲"
        case .worse: return ratio(row) + "▼"
        case .higher, .lower: return ratio(row) + String(blank)
        }
    }

    private static func ratio(_ row: ComparisonRow) -> String {
        row.ratio.map { Figure.significant($0) + "× " } ?? ""
    }

    // MARK: Notes

    /// The verdicts, which runs do not count, and which were made again.
    private static func runs(_ comparison: Comparison) -> [String] {
        let all = comparison.variants.flatMap(\.runs)
        let again = madeAgain(all)
        if all.allSatisfy({ $0.verdict == .valid }) {
            return [all.count == 1 ? "The run is VALID." : "All \(all.count) runs are VALID."]
                + again
        }
        var lines = ["Runs"]
        var table = TextTable()
        for variant in comparison.variants {
            let counts = Verdict.allCases.compactMap { verdict in
                let count = variant.runs.count { $0.verdict == verdict }
                return count > 0 ? "\(count) \(verdict.rawValue)" : nil
            }
            let unknown = variant.runs.count { $0.verdict == nil }
            let all = counts + (unknown > 0 ? ["\(unknown) without a verdict"] : [])
            table.add([variant.name, all.joined(separator: ", ")])
        }
        lines += table.lines()
        for variant in comparison.variants {
            for run in variant.runs where run.verdict != .valid && run.verdict != nil {
                let reason = run.verdictReasons.map { ": \($0)" } ?? ""
                lines += SummaryReport.wrapped(
                    "- \(variant.name) \(run.repetition) is \(run.verdict!.rawValue)\(fate(run))"
                        + reason, indent: 2)
            }
        }
        return lines + again
    }

    private static func fate(_ run: Comparison.Run) -> String {
        let attempts = run.attempts > 1 ? ", made \(run.attempts) times" : ""
        if !run.isCounted { return attempts + ", left out of the medians" }
        return attempts
            + (run.isDisturbed ? ", counted because its variant has no undisturbed run" : "")
    }

    /// The table has only the last attempt of each run.
    private static func madeAgain(_ runs: [Comparison.Run]) -> [String] {
        let count = runs.reduce(0) { $0 + $1.attempts - 1 }
        guard count > 0 else { return [] }
        let what =
            count == 1
            ? "1 run that the machine disturbed was made again"
            : "\(count) runs that the machine disturbed were made again"
        return SummaryReport.wrapped("\(what); the last attempt of each counts.", indent: 0)
    }

    /// The variants that failed a threshold; their runs may still be valid.
    private static func thresholds(_ comparison: Comparison) -> [String] {
        let failing = comparison.variants.compactMap { variant in
            let count = variant.runs.count { $0.failedThresholds > 0 }
            return count > 0 ? "- \(variant.name): \(count) of \(variant.runs.count) runs" : nil
        }
        guard !failing.isEmpty else { return [] }
        return ["", "Thresholds failed; see thresholds.csv for which and by how much"]
            + failing.flatMap { SummaryReport.wrapped($0, indent: 2) }
    }

    private static func legend(_ comparison: Comparison) -> [String] {
        var notes = [
            "Medians; ± reaches the farther end of the bootstrapped 95 % interval."
        ]
        let counts = comparison.variants.map { $0.runs.count(where: \.isCounted) }
        // The table shows which variants have none, so there is no further note.
        if let fewest = counts.filter({ $0 > 0 }).min(), fewest < 5 {
            notes.append(tooFew(fewest))
        }
        if comparison.variants.count > 1 {
            notes[0] =
                "Medians; ± reaches the farther end of the bootstrapped 95 % interval. * is "
                + (comparison.baselines.count == 1 ? "the" : "a")
                + " baseline; ▲ better and ▼ worse than it by a Mann–Whitney test at p < 0.05; ~ no "
                + "difference of 0.1 % or more shown."
            notes += powerless(comparison)
        }
        if comparison.rows.contains(where: { !$0.outliers.isEmpty }) {
            notes.append(
                "! A repetition is an outlier; it still counts. comparison.csv says which.")
        }
        let all = comparison.variants.flatMap(\.runs)
        if all.contains(where: { $0.verdict == .generatorBound }) {
            notes.append("GENERATOR_BOUND: the throughput is a lower bound.")
        }
        if comparison.hasClosedLoop {
            notes.append(
                "Closed loop (rate: max): latencies are the target's, not a user's.")
        }
        return notes
    }

    private static func tooFew(_ repetitions: Int) -> String {
        if repetitions < 2 {
            return "A single repetition has no interval and shows no difference: run five or more."
        }
        let coverage = 100 * (1 - 2 / Double(1 << repetitions))
        return "With \(repetitions) repetitions an interval is the whole range, which contains the "
            + "true median in \(Figure.fixed(coverage, digits: 0)) % of cases: run five or more."
    }

    /// Variants with too few runs to show any difference.
    private static func powerless(_ comparison: Comparison) -> [String] {
        let counted = comparison.variants.reduce(into: [:]) { counted, variant in
            counted[variant.name] = variant.runs.count(where: \.isCounted)
        }
        let compared = comparison.variants.filter { $0.baseline != $0.name }
        let names = compared.filter { variant in
            let counts = (counted[variant.name] ?? 0, counted[variant.baseline] ?? 0)
            return MannWhitney.smallestP(counts.0, counts.1) >= Comparison.level
        }.map(\.name)
        guard !names.isEmpty else { return [] }
        let isAll = names.count == compared.count
        let who = isAll ? "any variant" : names.joined(separator: ", ")
        return [
            "No difference of \(who) could be shown, however large: that takes at least four "
                + "repetitions against four."
        ]
    }
}
