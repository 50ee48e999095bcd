import LoadGenerator
import Measurement
import Reporting

/// The lists of `weir explain`.
enum ExplainTopic: String, CaseIterable {
    case columns, files, settings, personality, verdict
    case exitStatus = "exit-status"

    init?(_ word: String) {
        let word = word.lowercased().replacing(" ", with: "-")
        // Singular and plural.
        let topic = Self.allCases.first {
            [$0.rawValue, $0.rawValue + "s", $0.rawValue + "es"].contains(word)
                || $0.rawValue == word + "s"
        }
        guard let topic else { return nil }
        self = topic
    }

    var summary: String {
        switch self {
        case .columns: "every column of every CSV file, with what it means"
        case .files: "the CSV files of a results folder"
        case .settings: "every setting of a profile"
        case .personality: "the clients whose defaults a profile can take, and their sources"
        case .verdict: "the verdicts on a run, their limits, and what disturbs one"
        case .exitStatus: "the exit statuses of weir"
        }
    }

    var lines: [String] {
        switch self {
        case .columns:
            TableDescription.all.flatMap { table in
                ["\(table.fileName): \(table.holds)"]
                    + GlossaryEntry.list(table.columns.map { ($0.name, $0.meaning) }) + [""]
            }.dropLast()
        case .files: GlossaryEntry.list(TableDescription.all.map { ($0.fileName, $0.holds) })
        case .settings: GlossaryEntry.list(SettingExplanation.all.map { ($0.name, $0.summary) })
        case .personality:
            Personality.allCases.flatMap { personality in
                ["personality: \(personality.rawValue)"]
                    + GlossaryEntry.list(
                        personality.values.map { ("\($0.setting): \($0.text)", $0.source) }) + [""]
            }.dropLast()
        case .verdict:
            GlossaryEntry.list(Verdict.allCases.map { ($0.rawValue, $0.meaning) })
                + Verdict.allCases.reversed().flatMap { verdict in
                    Self.rules("A run is \(verdict.rawValue) if", verdict.rules)
                }
                + Self.rules("The machine disturbed a run if", Disturbance.rules)
                + Self.rules(
                    "Where it did, percentiles are named of which",
                    ["\(Int(Disturbance.shareOfPercentile * 100)) % or more is its own lateness"])
        case .exitStatus: GlossaryEntry.list(ExitStatus.all.map { ("\($0.status)", $0.meaning) })
        }
    }

    /// A list below a line; nothing without rules.
    private static func rules(_ title: String, _ rules: [String]) -> [String] {
        rules.isEmpty
            ? []
            : ["", title] + rules.flatMap { SummaryReport.wrapped("- " + $0, indent: 2) }
    }
}
