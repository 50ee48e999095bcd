import Foundation
import Measurement

/// The page of a search for the highest rate: the answer so far or at its end, and the runs that
/// led to it. The answer is in `max_rate.csv`, of which old versions wrote only a part.
struct RateSearchPage {
    let results: SavedResults
    let answer: CSVTable.Row
    /// At an offered rate, in the order in which they were made.
    let probes: [CSVTable.Row]

    /// Nil for a folder of another kind.
    init?(_ results: SavedResults) {
        guard let answer = results.maxRate else { return nil }
        self.results = results
        self.answer = answer
        probes = results.summary?.rows.filter { $0["loop"] != "closed" } ?? []
    }

    private func rate(_ column: String) -> String? { answer.number(column).map(Figure.rate) }

    private func interval(_ name: String) -> String? {
        guard let low = rate("\(name)_low_records_per_s"),
            let high = rate("\(name)_high_records_per_s")
        else { return nil }
        return "\(low) – \(high)"
    }

    /// `8 of 10 runs held`.
    private func told(_ name: String) -> String? {
        guard let held = answer.number("\(name)_held"), let failed = answer.number("\(name)_failed")
        else { return nil }
        let machine = answer.number("\(name)_failed_by_machine") ?? 0
        return "\(Int(held)) of \(Int(held + failed + machine)) runs held"
    }

    // MARK: The answer

    /// In a sentence, as the terminal has it.
    var sentence: String {
        let isRunning = answer["state"] == MaxRateRow.State.running.rawValue
        return MaxRateRow.sentence(
            profile: answer["profile"] ?? results.name,
            safe: answer.number("max_rate_records_per_s"),
            bestCase: answer.number("best_case_rate_records_per_s"),
            isAtLeast: answer["is_at_least"] == "true",
            wasTried: answer.number("probes") != 0) + (isRunning ? ", so far." : ".")
    }

    var verdict: ReportVerdict {
        let state = answer["state"] ?? "done"
        let isConfirmed = answer["is_confirmed"] == "true"
        var verdict =
            if state == "running" {
                ReportVerdict(
                    word: "SEARCHING", tone: "unknown", meaning: "The answer so far\(left).")
            } else if answer.number("max_rate_records_per_s") == nil {
                ReportVerdict(
                    word: "NO RATE HOLDS", tone: "invalid",
                    meaning: "No run at any rate that was tried met the bounds.")
            } else if answer["is_at_least"] == "true" {
                ReportVerdict(
                    word: "AT LEAST", tone: "bound",
                    meaning: "The load generator was the limit: the target may sustain more.")
            } else if isConfirmed {
                ReportVerdict(
                    word: "CONFIRMED", tone: "valid",
                    meaning: "The interval is within the tolerance, and most runs just below the "
                        + "safe rate held.")
            } else {
                ReportVerdict(
                    word: "NOT CONFIRMED", tone: "suspect",
                    meaning: Self.meaning(ofState: state))
            }
        if let limit = answer["limit"], let rate = rate("not_sustained_rate_records_per_s") {
            verdict.reasons.append("At \(rate): \(limit)")
        }
        if let share = answer.number("fails_anywhere_percent"), share >= 10 {
            verdict.reasons.append(
                "\(Figure.significant(share)) % of the runs fail at any rate, however low, because of "
                    + "the machine.")
        }
        return verdict
    }

    private var left: String {
        guard let probes = answer.number("probes_left") else { return "" }
        return ", with about \(Int(probes)) more runs to come; “weir run --find-max-rate --resume” "
            + "continues a search that was killed"
    }

    private static func meaning(ofState state: String) -> String {
        switch state {
        case "interrupted":
            "The search was interrupted; “weir run --find-max-rate --resume” continues it."
        case "out_of_time":
            "The time of --max-time was over; “weir run --find-max-rate --resume” continues it."
        case "out_of_probes":
            "Runs at the same rate vary too much for a narrower interval: quieten the machine, or "
                + "lengthen the runs."
        default:
            "The interval is wider than the tolerance, or runs just below the safe rate failed."
        }
    }

    var circumstances: [String] {
        var parts = [results.summary?.rows.first?["started_at"] ?? results.name]
        if let target = results.summary?.rows.first?["target"] { parts.append("target: \(target)") }
        parts.append("\(answer["probes"] ?? "\(probes.count)") runs at offered rates")
        if let bounds = answer["bounds"] { parts.append("bounds: \(bounds)") }
        return parts
    }

    var headline: [HeadlineFigure] {
        func figure(_ label: String, _ column: String, _ notes: [String?]) -> HeadlineFigure? {
            rate(column).map {
                HeadlineFigure(
                    label: label, figure: $0,
                    note: notes.compactMap(\.self).joined(separator: "; "))
            }
        }
        func certain(_ name: String) -> String? {
            interval(name).map { "with 95 % probability \($0)" }
        }
        return [
            figure(
                "Safe rate, where 9 in 10 runs hold", "max_rate_records_per_s",
                [certain("safe_rate"), told("max_rate").map { "just below it \($0)" }]),
            figure(
                "Best case, where half of the runs hold", "best_case_rate_records_per_s",
                [certain("best_case_rate"), told("best_case").map { "just below it \($0)" }]),
            figure(
                "Lowest rate at which most runs failed", "not_sustained_rate_records_per_s",
                [told("not_sustained")]),
            figure(
                "Closed loop", "closed_loop_rate_records_per_s",
                ["as fast as the target takes records, without a bound"]),
        ].compactMap(\.self)
    }

    // MARK: The runs

    /// Each rate with the outcomes of its runs.
    var rates: ReportSection {
        var section = ReportSection(anchor: "rates", title: "Rates")
        section.paragraphs = [
            "The search looks for the rate at which a bound fails. A run that failed "
                + "during a disturbance of the machine says little about its rate."
        ]
        var table = ReportTable(
            "Each rate that was tried",
            columns: [
                .number("offered"), .number("runs"), .number("held"), .number("failed"),
                .number("failed during a disturbance"), .text("the last failure"),
            ])
        let byRate = Dictionary(grouping: probes) { $0["variant"] ?? "" }
        func offered(_ name: String) -> Double { Double(name.dropLast(2)) ?? 0 }
        for (name, runs) in byRate.sorted(by: { offered($0.key) < offered($1.key) }) {
            let held = runs.count { $0["sustained"] == "true" }
            let disturbed = runs.count { $0["counts"] == "false" }
            let failure = runs.last { $0["sustained"] != "true" }.flatMap {
                [$0["not_sustained_since"], $0["disturbed_since"]].compactMap(\.self)
                    .joined(separator: "; ")
            }
            table.add([
                Figure.rate(offered(name)), "\(runs.count)", "\(held)",
                "\(runs.count - held - disturbed)", "\(disturbed)", failure ?? "",
            ])
        }
        if table.isEmpty { section.absence = "No run at an offered rate has ended yet." }
        section.tables = [table].filter { !$0.isEmpty }
        return section
    }
}
