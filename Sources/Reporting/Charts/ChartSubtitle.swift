/// The lines under a chart's title: profile, verdict, and the reasons for one that is not VALID.
enum ChartSubtitle {
    static func lines(_ results: [SavedResults], _ subjects: [ChartSubject]) -> [String] {
        let runs = subjects.flatMap(\.runs)
        let summaries = runs.compactMap(\.summary)
        let profiles = summaries.compactMap { $0["profile"] }.uniqued()
        let name = profiles.isEmpty ? results.map(\.name) : profiles
        let unfinished = runs.count - summaries.count
        guard runs.count > 1 else {
            return [name.joined(separator: ", ") + " · " + verdict(of: runs.first?.summary)]
        }
        var parts = [name.joined(separator: ", ")]
        if subjects.count > 1 { parts.append("\(subjects.count) \(noun(results))") }
        if runs.count != subjects.count { parts.append("\(runs.count) runs") }
        let verdicts = summaries.compactMap { $0["verdict"] }
        for verdict in verdicts.uniqued() {
            parts.append("\(verdicts.count(where: { $0 == verdict })) \(verdict)")
        }
        if unfinished > 0 { parts.append("\(unfinished) without a summary") }
        var lines = [parts.joined(separator: " · ")]
        let doubts = subjects.flatMap { subject in
            subject.runs.compactMap { run in
                reasons(run.summary).map { "\(subject.name) #\(run.repetition): \($0)" }
            }
        }
        if !doubts.isEmpty { lines.append(doubts.joined(separator: " · ")) }
        return lines
    }

    private static func noun(_ results: [SavedResults]) -> String {
        results.count == 1 ? "variants" : "results"
    }

    private static func verdict(of summary: CSVTable.Row?) -> String {
        guard let summary else {
            return
                "no verdict: the run did not finish, or its summary.csv is elsewhere"
        }
        let verdict = summary["verdict"] ?? "no verdict"
        return reasons(summary) ?? verdict
    }

    /// Nil for `VALID`.
    private static func reasons(_ summary: CSVTable.Row?) -> String? {
        guard let summary, let verdict = summary["verdict"], verdict != "VALID" else {
            return nil
        }
        return summary["verdict_reasons"].map { "\(verdict): \($0)" } ?? verdict
    }
}
