import LoadGenerator
import Reporting

/// The thresholds of `weir compare RESULTS… --threshold`, in runs that are finished.
struct FinishedThresholds {
    /// One for each run and threshold.
    let rows: [ThresholdRow]
    /// The runs, with how many of these thresholds each failed in place of those of its profile; as
    /// it was without thresholds.
    let summary: CSVTable

    /// - Parameter options: as written.
    init(_ options: [String], in summary: CSVTable) throws(ProfileError) {
        var thresholds: [Threshold] = []
        for option in options { thresholds.append(try Threshold(option: OptionText(option))) }
        let rows = summary.rows.map { row in
            thresholds.map { threshold in
                ThresholdRow(ThresholdOutcome(threshold) { row[$0] }, run: RunName(row))
            }
        }
        self.rows = rows.flatMap(\.self)
        guard !thresholds.isEmpty else {
            self.summary = summary
            return
        }
        let counts = ["thresholds", "thresholds_failed"]
        let columns = summary.columns + counts.filter { !summary.columns.contains($0) }
        self.summary = CSVTable(
            columns: columns,
            rows: zip(summary.rows, rows).map { run, outcomes in
                columns.map { column in
                    switch column {
                    case "thresholds": "\(outcomes.count)"
                    case "thresholds_failed": "\(outcomes.count { !$0.holds })"
                    default: run[column] ?? ""
                    }
                }
            })
    }

    var haveFailed: Bool { rows.contains { !$0.holds } }
}
