import Foundation
import Measurement

/// Results as OpenMetrics 1.0 text, for those who keep them in Prometheus.
///
/// A run is over when it is told, so its counts are gauges, not counters that would be seen to start
/// anew with each run. Units are seconds and bytes; what was not measured has no sample. There are no
/// timestamps: a push gateway takes none, and `weir_started_at_seconds` says when.
public enum OpenMetrics {
    /// The text of one or several results folders' runs.
    /// - Throws: where one has no summary, or two runs would have the same labels.
    public static func text(of results: [SavedResults]) throws(ReportingError) -> String {
        var families = RunMetrics.families
        var seen: [String: String] = [:]
        for saved in results {
            guard let table = saved.summary else {
                throw .notResults(path: saved.path, reason: "it has no summary.csv")
            }
            for row in table.rows {
                let run = RunMetrics(row: row, percentiles: saved.percentiles)
                let name = row["run_id"] ?? saved.name
                let identity = run.labels.map(\.value).joined(separator: ", ")
                if let other = seen.updateValue(name, forKey: identity) {
                    throw .notResults(
                        path: saved.path,
                        reason: "\(name) and \(other) are both \(identity), which metrics cannot "
                            + "tell apart; give them one by one")
                }
                for index in families.indices {
                    families[index].samples += run.samples(of: families[index])
                }
            }
        }
        return families.map(\.text).joined() + "# EOF\n"
    }
}
