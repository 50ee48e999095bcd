import Foundation
import Measurement

/// Joins the results of generators that loaded one system at the same time: histograms are added
/// without loss, rates, counts and audits summed, the verdict is the worst.
public struct JointRun: Sendable {
    let runs: [GeneratorRun]

    /// The measured parts may be disjoint for at most this share of the whole time.
    private static let overlapTolerance = 0.1

    /// - Parameter paths: their results folders, at least two.
    /// - Throws: if one cannot be read, has no summary, or is given twice, even as a copy or as a
    ///   part of another.
    public init(paths: [String]) throws(ReportingError) {
        var runs: [GeneratorRun] = []
        var known: [RunKey: String] = [:]
        var places: Set<String> = []
        for path in paths {
            let place = URL(filePath: path).resolvingSymlinksInPath().standardizedFileURL.path
            guard places.insert(place).inserted else {
                throw .sameRun(path: path, reason: "it is given twice")
            }
            let run = try GeneratorRun(path: path)
            if let key = RunKey(run.summary), let other = known.updateValue(path, forKey: key) {
                throw .sameRun(
                    path: path, reason: "\(other) is the same run, \(key.runID)")
            }
            runs.append(run)
        }
        for (path, run) in zip(paths, runs) {
            if let part = runs.first(where: { run.parts.contains($0.name) }) {
                throw .sameRun(
                    path: part.saved.path, reason: "\(path) was merged from it among others")
            }
        }
        // Machines that started in the same second gave their runs the same name.
        if Set(runs.map(\.name)).count < runs.count {
            for index in runs.indices { runs[index].name = paths[index] }
        }
        self.runs = runs
    }

    /// Reasons against merging them; empty if there are none.
    public var objections: [String] {
        var objections: [String] = []
        guard let first = runs.first else { return [] }
        for run in runs.dropFirst() {
            if run.summary["format_version"] != first.summary["format_version"] {
                objections.append(
                    "\(run.name) has summary.csv in format \(run.summary["format_version"] ?? "1"), "
                        + "\(first.name) in format \(first.summary["format_version"] ?? "1"): their "
                        + "records are not the same")
            } else if run.summary["profile"] != first.summary["profile"] {
                objections.append("\(run.name) is of another profile than \(first.name)")
            } else if let difference = Self.difference(first, run) {
                objections.append(
                    "\(run.name) has other settings than \(first.name): \(difference)")
            }
        }
        if overlapSeconds <= 0 {
            objections.append(
                "they did not run at the same time: the last began "
                    + "\(Figure.duration(seconds: -overlapSeconds)) after the first had ended")
        }
        return objections
    }

    /// The first line in which two profiles differ.
    private static func difference(_ a: GeneratorRun, _ b: GeneratorRun) -> String? {
        guard let a = a.profileLines, let b = b.profileLines, a != b else { return nil }
        let place = zip(a, b).enumerated().first { $0.element.0 != $0.element.1 }?.offset
        let index = place ?? min(a.count, b.count)
        func line(_ lines: [String]) -> String {
            lines.indices.contains(index)
                ? "'\(lines[index].trimmingCharacters(in: .whitespaces))'" : "nothing"
        }
        return "\(line(b)) in place of \(line(a))"
    }

    /// The time during which all measured; negative if some ended before others began.
    var overlapSeconds: Double {
        guard let start = runs.map(\.startedAtUnixNanos).max(),
            let end = runs.map(\.endedAtUnixNanos).min()
        else { return 0 }
        return Double(end - start) / 1e9
    }

    private var wholeSeconds: Double {
        guard let start = runs.map(\.startedAtUnixNanos).min(),
            let end = runs.map(\.endedAtUnixNanos).max()
        else { return 0 }
        return Double(end - start) / 1e9
    }

    /// The worst verdict, with each generator's reasons under its name.
    public var verdict: (verdict: Verdict, reasons: [String]) {
        var verdict = runs.map(\.verdict).max() ?? .invalid
        var reasons = runs.compactMap { run in
            run.summary["verdict_reasons"].map { "\(run.name): \($0)" }
        }
        if overlapSeconds < (1 - Self.overlapTolerance) * wholeSeconds {
            verdict = max(verdict, .suspect)
            reasons.append(
                "the generators measured together for only \(Figure.fixed(max(overlapSeconds, 0), digits: 1)) "
                    + "of \(Figure.fixed(wholeSeconds, digits: 1)) s: the summed rates may never have "
                    + "been reached at once")
        }
        return (verdict, reasons)
    }

    public var names: [String] { runs.map(\.name) }

    // MARK: Writing

    /// Writes an ordinary results folder under `root`, and returns it.
    public func write(
        in root: String, nowUnixNanos: Int64
    ) throws(ReportingError) -> ResultsFolder {
        let folder = try ResultsFolder.create(
            in: root, profile: runs.first?.summary["profile"] ?? "run",
            startedAtUnixNanos: nowUnixNanos)
        let latencies = try JointLatencies(runs)
        let name = RunName(runID: folder.runID)
        let series = JointSeries(runs, name: name)
        let (verdict, reasons) = verdict
        let started = runs.map(\.startedAtUnixNanos).min() ?? 0
        let summary = JointSummary(
            runs: runs, latencies: latencies,
            known: [
                "run_id": folder.runID, "started_at": UTCTime(unixNanos: started).iso8601,
                "verdict": verdict.rawValue,
                "verdict_reasons": reasons.joined(separator: "; "),
            ])
        try folder.write(
            CSV.line(summary.columns) + CSV.line(summary.fields), to: SummaryRow.fileName)
        try folder.csv(TimeSeriesRow.self).append(try series.timeSeries())
        try folder.csv(LagRow.self).append(series.lag)
        try folder.csv(PercentileRow.self).append(latencies.percentileRows(of: name))
        try write(JointTable<BrokerRow>(key: "broker", name: name), .brokers, to: folder)
        try write(
            JointTable<ProducerGroupRow>(key: "producer_group", name: name), .producers, to: folder)
        let log = try folder.histogramLog(
            startedAtUnixNanos: series.logStartUnixNanos,
            origin: "merged from " + names.joined(separator: ", "))
        try series.write(to: log)
        if let yaml = runs.first?.saved.profileYAML {
            try folder.writeProfile(
                "# Merged from \(names.joined(separator: ", ")); the profile is the first's.\n"
                    + yaml)
        }
        try writeEnvironment(in: folder)
        try DataPackage.write(in: folder.path, name: folder.runID)
        return folder
    }

    private func write<Row>(
        _ joint: JointTable<Row>, _ table: SavedResults.Table, to folder: ResultsFolder
    ) throws(ReportingError) {
        guard let joined = joint.table(runs.compactMap { $0.saved.tables[table] }) else { return }
        try folder.write(joined.text, to: Row.fileName)
    }

    /// The first generator's environment, and that of each under its name.
    private func writeEnvironment(in folder: ResultsFolder) throws(ReportingError) {
        var environments: [[String: Any]] = []
        for run in runs {
            let path = run.saved.path + "/environment.json"
            guard let data = FileManager.default.contents(atPath: path),
                let parsed = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
            else { continue }
            environments.append(["run": run.name, "environment": parsed])
        }
        guard var whole = environments.first?["environment"] as? [String: Any] else { return }
        whole["merged_runs"] = environments
        guard
            let data = try? JSONSerialization.data(
                withJSONObject: whole,
                options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        else { preconditionFailure("parsed JSON does not encode as JSON") }
        try folder.write(String(decoding: data, as: UTF8.self) + "\n", to: "environment.json")
    }
}
