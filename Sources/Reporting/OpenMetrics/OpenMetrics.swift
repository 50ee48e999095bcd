import Foundation
import Measurement

/// Results as OpenMetrics 1.0 text, for Prometheus.
///
/// Counts are gauges, because counters would be reset with each run. Units are seconds and bytes;
/// figures that were not measured have no sample. There are no timestamps, since push gateways
/// refuse them; `weir_started_at_seconds` has the time.
public enum OpenMetrics {
    /// The text of one or several results folders' runs.
    /// - Throws: if one has no summary, or two runs would have the same labels.
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
                        reason:
                            "\(name) and \(other) are both \(identity), so their metrics "
                            + "would have the same labels; give them one by one")
                }
                for index in families.indices {
                    families[index].samples += run.samples(of: families[index])
                }
            }
        }
        return families.map(\.text).joined() + "# EOF\n"
    }
}
