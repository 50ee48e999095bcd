/// Results as Markdown, for a merge request or a job's page (`$GITHUB_STEP_SUMMARY`): GitHub's and
/// GitLab's tables.
public enum MarkdownSummary {
    public static func text(_ summary: ResultsSummary) -> String {
        var lines = ["### \(escaped(summary.title))", ""]
        lines += summary.sentences.map { "- \(escaped($0))" }
        if !summary.sentences.isEmpty { lines.append("") }
        lines += table(summary.table)
        // The verdict of a single run is the title.
        let checks = summary.checks.filter { $0.name != "verdict" || !$0.holds }
        if !checks.isEmpty {
            let failed = checks.count { !$0.holds }
            lines += [
                "",
                failed > 0 ? "**\(failed) of \(checks.count) checks failed**" : "All checks hold",
                "",
            ]
            lines += table(
                [["", "check", "measured", ""]]
                    + checks.map { [$0.holds ? "✅" : "❌", $0.name, $0.measured, $0.outcome] })
        }
        return (lines + ["", "Results in `\(summary.resultsPath.replacing("`", with: "'"))`", ""])
            .joined(separator: "\n") + "\n"
    }

    private static func table(_ rows: [[String]]) -> [String] {
        guard let header = rows.first else { return [] }
        let line = { (cells: [String]) in "| " + cells.map(escaped).joined(separator: " | ") + " |"
        }
        return [line(header), "|" + String(repeating: " --- |", count: header.count)]
            + rows.dropFirst().map(line)
    }

    /// Text that Markdown and HTML take literally, in one line. By scalars: a mark that combines with a bar
    /// makes one character with it, and the bar still ends a cell.
    private static func escaped(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "|", "\\", "`", "*", "_", "[", "]", "#", "~": result += "\\\(scalar)"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "&": result += "&amp;"
            // Formulas of GitHub and GitLab, and names of people who would be told.
            case "$": result += "&#36;"
            case "@": result += "&#64;"
            case "\n", "\r", "\u{0B}", "\u{0C}", "\u{85}", "\u{2028}", "\u{2029}": result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
}
