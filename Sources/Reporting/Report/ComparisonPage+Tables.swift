import Measurement

extension ComparisonPage {
    /// The table of the key metrics; after it, every metric with all its figures.
    var comparison: ReportSection {
        var section = ReportSection(anchor: "comparison", title: "Comparison")
        guard !metrics.isEmpty else {
            section.absence =
                "No comparison.csv in this folder: the comparison is not finished. "
                + "“weir compare --resume” continues it."
            return section
        }
        section.paragraphs = [
            "Medians over the repetitions, with their 95\u{A0}% intervals below (bootstrap). A "
                + "difference to the baseline\(baseline.map { ", \($0)," } ?? "") is shown only "
                + "where a Mann–Whitney test holds at p < 0.05, adjusted for all metrics of a variant "
                + "(Benjamini and Hochberg 1995); where none is shown there is a ~, with the smallest "
                + "change that four of five such comparisons would show. "
                + "Outliers are counted, never dropped. INVALID runs do not count, and those that "
                + "the machine disturbed only if their variant has no undisturbed run."
        ]
        if let madeAgain { section.paragraphs.append(madeAgain) }
        section.tables = [differences, overview].filter { !$0.isEmpty }
        section.groups = metricGroups
        return section
    }

    /// Every metric with all its figures, behind one line for each theme.
    private var metricGroups: [ReportTableGroup] {
        let themes = metrics.map { RunFigure.named($0.name)?.theme }
        return themes.uniqued().map { theme in
            let own = zip(metrics, themes).filter { $0.1 == theme }.map(\.0)
            let name = theme.map { "\($0)" } ?? "other metrics"
            return ReportTableGroup(
                groupTitle: own.count == 1
                    ? own[0].label
                    : "\(name.prefix(1).uppercased() + name.dropFirst()): \(own.count) metrics",
                groupTables: own.map(details))
        }
    }

    /// Which repetitions do not count or were made again, in one sentence each; nil if none was.
    private var madeAgain: String? {
        let again = runs.reduce(0) { $0 + CountedRuns.attempts($1) - 1 }
        guard again > 0 else { return nil }
        return
            (again == 1
            ? "1 run that the machine disturbed was made again"
            : "\(again) runs that the machine disturbed were made again")
            + "; the last attempt of each counts."
    }

    /// The limits of `--fail-if` with their results.
    private var differences: ReportTable {
        var table = ReportTable(
            "Limits on differences (--fail-if)",
            columns: [
                .text("limit"), .text("variant"), .text("baseline"), .number("÷ baseline"),
                .number("95 % interval of it"), .text("result"),
            ],
            note:
                "A limit fails if the whole interval is beyond it and a Mann–Whitney test holds at "
                + "p < 0.05, and if it could not be judged.")
        for metric in metrics {
            for variant in variants {
                guard let row = metric.rows[variant], let result = row["fail_if_result"] else {
                    continue
                }
                let tone = ["holds": "better", "cannot_tell": "same"][result] ?? "worse"
                table.add(
                    [
                        .init("\(ColumnText.label(metric.name)) \(row["fail_if"] ?? "")"),
                        .init(variant), .init(row["baseline"] ?? "–"),
                        .init(significant(row.number("ratio"))), .init(ratioInterval(row)),
                        .init(
                            result == "failed"
                                ? "FAILED"
                                : result.replacing("cannot_tell", with: "undecided")
                                    .replacing("_", with: " "), tone: tone),
                    ] as [ReportTable.Entry])
            }
        }
        return table
    }

    private func ratioInterval(_ row: CSVTable.Row) -> String {
        let ends = ["ratio_ci_low", "ratio_ci_high"].compactMap { row.number($0) }
        return ends.count == 2 ? "\(significant(ends[0])) – \(significant(ends[1]))" : "–"
    }

    private var overview: ReportTable {
        let isFrontKnown = !frontVariants.isEmpty
        var table = ReportTable(
            "Variants against \(baseline ?? "their baselines")",
            columns: [.text("variant")]
                + keyMetrics.map { .number($0.title, detail: $0.direction) }
                + (isFrontKnown ? [.text("Pareto front")] : []) + [.text("runs")],
            note: isFrontKnown
                ? "On the Pareto front no other variant compresses more for less CPU." : nil)
        for variant in variants {
            var entries = [ReportTable.Entry(variant)]
            for metric in keyMetrics { entries.append(entry(metric, variant)) }
            if isFrontKnown {
                let isOnFront = frontVariants.contains(variant)
                entries.append(.init(isOnFront ? "on it" : "", tone: isOnFront ? "front" : ""))
            }
            entries.append(verdicts(of: variant))
            table.add(entries)
        }
        return table
    }

    private var frontVariants: Set<String> {
        let rows = results.comparison?.rows.filter { $0["pareto"] == "true" } ?? []
        return Set(rows.compactMap { $0["variant"] })
    }

    private func entry(_ metric: Metric, _ variant: String) -> ReportTable.Entry {
        guard let row = metric.rows[variant], let median = row.number("median") else {
            return .init("–")
        }
        let isBound = runs.contains {
            $0["variant"] == variant && $0["verdict"] == "GENERATOR_BOUND"
        }
        let atLeast = isBound && metric.isThroughput ? "at least " : ""
        var entry = ReportTable.Entry(
            atLeast + metric.text(median), detail: interval(metric, row))
        let ratio = row.number("ratio").map { Figure.significant($0) + "×" } ?? ""
        switch row["difference"] {
        case "baseline": entry.remark = "baseline"
        case "better", "worse":
            // There is no ratio to a baseline of zero.
            let word = row["difference"] ?? ""
            (entry.remark, entry.tone) = (ratio.isEmpty ? word : "\(ratio), \(word)", word)
        case "~":
            let least = row.number("detectable_percent").map {
                ", \(Figure.significant($0)) % would show"
            }
            (entry.remark, entry.tone) = ("~ \(ratio)\(least ?? "")", "same")
        default: entry.remark = ratio.isEmpty ? nil : ratio
        }
        return entry
    }

    private func interval(_ metric: Metric, _ row: CSVTable.Row) -> String? {
        guard let low = row.number("ci_low"), let high = row.number("ci_high") else { return nil }
        return "\(metric.text(low)) – \(metric.text(high))"
    }

    /// `5 VALID`, or each verdict with its number.
    private func verdicts(of variant: String) -> ReportTable.Entry {
        let words = runs.filter { $0["variant"] == variant }.map { $0["verdict"] ?? "NO VERDICT" }
        let counts = words.uniqued().map { word in "\(words.count { $0 == word }) \(word)" }
        let tone = words.contains("INVALID") ? "worse" : ""
        return .init(counts.isEmpty ? "–" : counts.joined(separator: ", "), tone: tone)
    }

    private func details(_ metric: Metric) -> ReportTable {
        var table = ReportTable(
            metric.label,
            columns: [
                .text("variant"), .number("median"), .number("95 % interval"),
                .number("÷ baseline"), .number("95 % interval of it"), .number("p"),
                .text("difference"), .number("smallest shown"), .number("repetitions needed"),
                .number("repetitions"), .text("outliers"), .text("excluded"),
            ])
        for variant in variants {
            guard let row = metric.rows[variant] else { continue }
            let difference = row["difference"] ?? "–"
            let tone = ["better", "worse"].contains(difference) ? difference : ""
            table.add(
                [
                    .init(variant),
                    .init(row.number("median").map(metric.text) ?? "–"),
                    .init(interval(metric, row) ?? "–"),
                    .init(significant(row.number("ratio"))),
                    .init(ratioInterval(row)),
                    .init(significant(row.number("p_adjusted") ?? row.number("p_value"))),
                    .init(difference, tone: difference == "~" ? "same" : tone),
                    .init(row.number("detectable_percent").map { significant($0) + " %" } ?? "–"),
                    .init(row["repetitions_needed"] ?? "–"),
                    .init(row["repetitions"] ?? "–"),
                    .init(repetitions(row["outliers"])),
                    .init(repetitions(row["excluded"])),
                ] as [ReportTable.Entry])
        }
        return table
    }

    private func significant(_ number: Double?) -> String {
        number.map(Figure.significant) ?? "–"
    }

    private func repetitions(_ field: String?) -> String {
        field.map { "repetition \($0)" } ?? "none"
    }

    /// Each run separately, since medians may hide some.
    var runTable: ReportSection {
        var section = ReportSection(anchor: "runs", title: "Runs")
        guard !runs.isEmpty else {
            section.absence = "No summary.csv with a row: no run is finished."
            return section
        }
        let columns = Self.runColumns.filter { column in runs.contains { $0[column] != nil } }
        var table = ReportTable(
            "Each run, \(runs.count) in all",
            columns: [.text("variant"), .number("repetition"), .text("verdict")]
                + columns.map { .number(ColumnText.title($0)) } + [.text("reasons")],
            isFolded: true)
        for row in runs {
            let verdict = row["verdict"] ?? "NO VERDICT"
            var entries = [
                ReportTable.Entry(row["variant"] ?? "default"), .init(row["repetition"] ?? "1"),
                .init(verdict, tone: verdict == "INVALID" ? "worse" : ""),
            ]
            let atLeast = verdict == "GENERATOR_BOUND" ? "at least " : ""
            for column in columns {
                let isRate = Metric.isThroughput(column)
                entries.append(
                    .init((isRate ? atLeast : "") + ColumnText.value(row[column], column: column)))
            }
            entries.append(.init(row["verdict_reasons"] ?? ""))
            table.add(entries)
        }
        section.tables = [settings, table].filter { !$0.isEmpty }
        return section
    }

    private static let runColumns = RunFigure.all.filter(\.isShownOfEachRun).map(\.column)

    /// The varied settings, one row for each variant: the `set_…` columns of summary.csv.
    private var settings: ReportTable {
        let varied = results.summary?.columns.filter { $0.hasPrefix("set_") } ?? []
        var table = ReportTable(
            "Settings that vary",
            columns: [.text("variant")]
                + varied.map { .text(String($0.dropFirst("set_".count)).replacing("_", with: ".")) }
        )
        guard !varied.isEmpty else { return table }
        for variant in variants {
            guard let row = runs.first(where: { $0["variant"] == variant }) else { continue }
            table.add([variant] + varied.map { row[$0] ?? "–" })
        }
        return table
    }

    /// Figures of which a merge takes the largest value show the largest of all runs here.
    private static let worstOfMachine = RunFigure.all.filter {
        $0.theme == .machine && $0.joining == .largest
    }.map(\.column)

    /// Over all runs: the machine's worst figures.
    var machine: ReportSection {
        var section = ReportSection(anchor: "machine", title: "Machine")
        var table = ReportTable(
            "Over all runs",
            columns: [.text(""), .number("median"), .number("highest"), .text("in")])
        for column in Self.worstOfMachine {
            let values = runs.compactMap { row in row.number(column).map { (row, $0) } }
            guard let worst = values.max(by: { $0.1 < $1.1 }),
                let median = Statistics.median(values.map(\.1))
            else { continue }
            table.add([
                ColumnText.label(column), ColumnText.value(median, column: column),
                ColumnText.value(worst.1, column: column),
                "\(worst.0["variant"] ?? "default"), repetition \(worst.0["repetition"] ?? "1")",
            ])
        }
        if table.isEmpty {
            section.absence = "The machine was not measured."
        } else {
            section.tables = [table]
        }
        return section
    }
}
