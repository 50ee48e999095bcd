import Measurement

extension ComparisonReport {
    /// The verdicts, which runs do not count, and which were made again.
    var runs: [String] {
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
                lines += wrapped(
                    "- \(variant.name) \(run.repetition) is \(run.verdict!.rawValue)\(fate(run))"
                        + reason, indent: 2)
            }
        }
        return lines + again
    }

    private func fate(_ run: Comparison.Run) -> String {
        let attempts = run.attempts > 1 ? ", made \(run.attempts) times" : ""
        if !run.isCounted { return attempts + ", left out of the medians" }
        return attempts
            + (run.isDisturbed ? ", counted because its variant has no undisturbed run" : "")
    }

    /// The table has only the last attempt of each run.
    private func madeAgain(_ runs: [Comparison.Run]) -> [String] {
        let count = runs.reduce(0) { $0 + $1.attempts - 1 }
        guard count > 0 else { return [] }
        let what =
            count == 1
            ? "1 run that the machine disturbed was made again"
            : "\(count) runs that the machine disturbed were made again"
        return wrapped("\(what); the last attempt of each counts.")
    }

    /// The variants that failed a threshold; their runs may still be valid.
    var thresholds: [String] {
        let failing = comparison.variants.compactMap { variant in
            let count = variant.runs.count { $0.failedThresholds > 0 }
            return count > 0 ? "- \(variant.name): \(count) of \(variant.runs.count) runs" : nil
        }
        guard !failing.isEmpty else { return [] }
        return ["", "Thresholds failed; see thresholds.csv for which and by how much"]
            + failing.flatMap { wrapped($0, indent: 2) }
    }

    var legend: [String] {
        var notes = ["Medians with their bootstrapped 95 % intervals."]
        notes += [comparison.tooFewRepetitions].compactMap(\.self)
        if comparison.variants.count > 1 {
            notes[0] +=
                " * is " + (comparison.baselines.count == 1 ? "the" : "a")
                + " baseline; ▲ better and ▼ worse than it by a Mann–Whitney test at p < 0.05, "
                + "adjusted for all metrics of a variant (Benjamini and Hochberg)."
            if comparison.rows.contains(where: { $0.difference == .notShown }) {
                notes.append(Self.meaningOfTilde)
            }
            notes += powerless
        }
        if comparison.rows.contains(where: \.hasTellingOutlier) {
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

    private static let meaningOfTilde =
        "~ no difference of 0.1 % or more shown; beside it the smallest that four of five such comparisons "
        + "would show, and how many repetitions would show the one that was measured (none beside it: more "
        + "than \(DetectableChange.mostRepetitions))."

    /// Variants with too few runs to show a difference where none is shown, however large it is. Where
    /// several metrics differ together, each of them takes less (Benjamini and Hochberg step up).
    private var powerless: [String] {
        let rows = comparison.rows.filter { $0.fewestThatShow != nil }
        guard let needed = rows.compactMap(\.fewestThatShow).max() else { return [] }
        let names = rows.map(\.variant).uniqued()
        let isAll = names.count == comparison.variants.count { $0.baseline != $0.name }
        let who = isAll ? "any variant" : names.joined(separator: ", ")
        let showsSome = comparison.rows.contains { row in
            names.contains(row.variant) && row.isShown
        }
        let what =
            rows.contains(where: \.canShowNothing)
            ? "No \(showsSome ? "further " : "")difference of \(who) could be shown"
            : "A difference of \(who) in one metric alone could not be shown"
        return [
            "\(what), however large: among so many metrics that takes at least \(needed) repetitions "
                + "against \(needed)."
        ]
    }
}

extension Comparison {
    /// What the intervals of fewer than five repetitions are worth; nil with five or more.
    var tooFewRepetitions: String? {
        let counts = variants.map { $0.runs.count(where: \.isCounted) }
        // The table shows which variants have none, so that needs no note.
        guard let fewest = counts.filter({ $0 > 0 }).min(), fewest < 5 else { return nil }
        if fewest < 2 {
            return "A single repetition has no interval and shows no difference: run five or more."
        }
        let coverage = 100 * (1 - 2 / Double(1 << fewest))
        return "With \(fewest) repetitions an interval is the whole range, which contains the "
            + "true median in \(Figure.fixed(coverage, digits: 0)) % of cases: run five or more."
    }
}
