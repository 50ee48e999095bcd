import LoadGenerator
import Measurement
import Reporting

/// What `weir explain` has a list of.
enum ExplainTopic: String, CaseIterable {
    case columns, files, settings, verdict
    case exitStatus = "exit-status"

    init?(_ word: String) {
        let word = word.lowercased().replacing(" ", with: "-")
        // One verdict or several, one column or all of them.
        guard let topic = Self(rawValue: word) ?? Self(rawValue: word + "s") else { return nil }
        self = topic
    }

    var summary: String {
        switch self {
        case .columns: "every column of every CSV file, with what it means"
        case .files: "the CSV files of a results folder"
        case .settings: "every setting of a profile"
        case .verdict: "the words that a run ends with, and what disturbs one"
        case .exitStatus: "what weir exits with"
        }
    }

    var lines: [String] {
        switch self {
        case .columns:
            TableDescription.all.flatMap { table in
                ["\(table.fileName): \(table.holds)"]
                    + Self.list(table.columns.map { ($0.name, $0.meaning) }) + [""]
            }.dropLast()
        case .files: Self.list(TableDescription.all.map { ($0.fileName, $0.holds) })
        case .settings: Self.list(SettingExplanation.all.map { ($0.name, $0.summary) })
        case .verdict:
            Self.list(Verdict.allCases.map { ($0.rawValue, $0.meaning) })
                + ["", "The machine disturbed a run, which makes it SUSPECT, where"]
                + Disturbance.rules.flatMap { SummaryReport.wrapped("- " + $0, indent: 2) }
        case .exitStatus: Self.list(ExitStatus.all.map { ("\($0.status)", $0.meaning) })
        }
    }

    /// Names with their meanings beside them, as wide as a terminal.
    private static func list(_ entries: [(name: String, meaning: String)]) -> [String] {
        let width = (entries.map(\.name.count).filter { $0 <= longestBeside }.max() ?? 0) + 2
        return entries.flatMap { name, meaning -> [String] in
            let margin = String(repeating: " ", count: width + 2)
            let text = SummaryReport.wrapped(meaning, indent: width + 2)
            guard name.count <= longestBeside else { return ["  " + name] + text }
            return ["  " + name.padding(width) + text[0].dropFirst(margin.count)]
                + text.dropFirst()
        }
    }

    /// A longer name has a line of its own.
    private static let longestBeside = 34
}
