import Foundation
import Measurement

/// The results of one of several generators that ran at the same time, read back.
struct GeneratorRun: Sendable {
    let saved: SavedResults
    let summary: CSVTable.Row
    let columns: [String]
    /// When the measured part began, and how long it was.
    let startedAtUnixNanos: Int64
    let durationSeconds: Double
    let verdict: Verdict
    let log: EncodedHistogramLog
    /// Its name in reasons and errors.
    var name: String

    init(path: String) throws(ReportingError) {
        saved = try SavedResults(
            path: path,
            tables: [.summary, .timeSeries, .lag, .percentiles, .brokers, .producers])
        guard let table = saved.summary else {
            throw .notResults(path: path, reason: "it has no summary.csv, so its run was killed")
        }
        guard table.rows.count == 1, let row = table.rows.first else {
            throw .notResults(
                path: path,
                reason: "its summary.csv has \(table.rows.count) rows, where a run has 1")
        }
        summary = row
        columns = table.columns
        guard let started = row["started_at"].flatMap(UTCTime.init(iso8601:)),
            let duration = row.number("duration_s"), duration > 0,
            let verdict = row["verdict"].flatMap(Verdict.init(rawValue:))
        else {
            throw .notResults(
                path: path,
                reason: "its summary.csv lacks started_at, duration_s or verdict")
        }
        startedAtUnixNanos = started.unixNanos
        durationSeconds = duration
        self.verdict = verdict
        log = try EncodedHistogramLog(path: path + "/" + HistogramLogWriter.fileName)
        // A damaged one is found now, and not when half of the results are written.
        for entry in log.entries { _ = try entry.histogram() }
        name = row["run_id"] ?? saved.name
    }

    /// The names of the runs that it was merged from; empty for a run of one generator.
    var parts: [String] {
        guard case .list(let runs)? = saved.environment?["merged_runs"] else { return [] }
        return runs.compactMap { $0["run"]?.text }
    }

    /// Whether each generator had a log of its own: then offsets and lag belong to different logs.
    var hasOwnLog: Bool { summary["target"] == "embedded" }

    var endedAtUnixNanos: Int64 { startedAtUnixNanos + Int64(durationSeconds * 1e9) }

    /// The usual length of an interval; nil if there is no series.
    var intervalSeconds: Double? {
        let rows = saved.timeSeries?.rows.filter { $0["phase"] == "run" } ?? []
        return Statistics.median(rows.compactMap { $0.number("interval_s") })
    }

    /// The profile without its name and without its seed: generators must differ in the seed, or
    /// they would send the same records.
    var profileLines: [String]? {
        saved.profileYAML?.split(whereSeparator: \.isNewline).map(String.init).filter { line in
            !["seed:", "name:", "#"].contains(where: line.hasPrefix)
        }
    }

    /// The exact smallest and largest value; a histogram log has only their buckets.
    func range(of kind: LatencyKind, group: String?) -> ClosedRange<Int64>? {
        let rows = saved.percentiles?.rows.filter {
            $0["latency"] == kind.rawValue && $0["group"] == group
        }
        func value(at percentile: Double) -> Int64? {
            let row = rows?.first { $0.number("percentile") == percentile }
            return row?.number("value_us").map { Int64(($0 * 1_000).rounded()) }
        }
        guard let low = value(at: 0), let high = value(at: 100), low <= high else { return nil }
        return low...high
    }
}

extension UTCTime {
    /// Reads what `iso8601` writes, with or without a fraction; nil for anything else.
    init?(iso8601 text: String) {
        let style = Date.ISO8601FormatStyle()
        let date =
            (try? Date(
                text,
                strategy: style.year().month().day().time(includingFractionalSeconds: true)
                    .timeZone(separator: .omitted)))
            ?? (try? Date(text, strategy: style))
        guard let seconds = date?.timeIntervalSince1970, abs(seconds) < 9e9 else { return nil }
        self.init(unixNanos: Int64((seconds * 1_000).rounded()) * 1_000_000)
    }
}
