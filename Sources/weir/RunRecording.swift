import Foundation
import Glibc
import LoadGenerator
import Measurement
import Reporting

/// Writes a run to its results folder and to the terminal. Each interval is written when it ends,
/// so a killed run leaves its intervals up to then.
///
/// Thread contract: belongs to the main thread.
final class RunRecording {
    let dataDirectory: String
    /// The phases that an interrupt ends.
    let ending: RunEnding
    var path: String { folder.path }
    private let profile: Profile
    private let folder: ResultsFolder
    private let run: RunName
    private let environment: EnvironmentSnapshot
    private let labels: RunLabels
    private let timeSeries: CSVWriter<TimeSeriesRow>
    private let lag: CSVWriter<LagRow>
    private let histograms: HistogramLogWriter
    private var progress: ProgressDisplay?
    private let intervals: IntervalRows
    private var thresholds: [ThresholdRow] = []
    /// The first error of writing; the run goes on, and `check` throws it at the end.
    private var failure: ReportingError?

    /// - Parameter child: the run's place in a comparison; nil for a single run.
    init(
        profile: Profile, out: String, child: ChildRunOptions, labels: RunLabels,
        showsProgress: Bool, terminal: TerminalOptions
    ) throws(ReportingError) {
        self.profile = profile
        self.labels = labels
        let now = WallClock.now()
        if let path = child.into {
            folder = try ResultsFolder.create(at: path, runID: child.runID)
        } else {
            folder = try ResultsFolder.create(
                in: out, profile: profile.name, startedAtUnixNanos: now)
        }
        run = RunName(
            runID: folder.runID, variant: child.variant, repetition: child.repetition)
        intervals = IntervalRows(profile: profile, run: run, logStartUnixNanos: now)
        ending = RunEnding(folder: folder)
        if let kept = profile.dataDirectory {
            dataDirectory = kept
            ScratchFolder.adopt(kept)
        } else {
            // Beside the results and not in /tmp, which is often in memory, where a flush is free.
            dataDirectory = try ending.makeScratch("data")
        }
        try folder.writeProfile(profile.resolvedYAML())
        environment = EnvironmentSnapshot.ofThisProgram(dataDirectory: dataDirectory)
        try folder.writeEnvironment(environment)
        timeSeries = try folder.csv(TimeSeriesRow.self)
        lag = try folder.csv(LagRow.self)
        histograms = try folder.histogramLog(
            startedAtUnixNanos: now, origin: "weir \(Weir.version), \(profile.name)")
        try DataPackage.write(in: folder.path, name: folder.runID)
        if showsProgress {
            progress = terminal.progress
            if child.into == nil { progress?.print("\(profile.name): \(profile.description)") }
        }
    }

    /// Does a preparation that may take seconds, and prints what is prepared.
    func prepare<Result>(_ what: String, _ work: () throws -> Result) rethrows -> Result {
        progress?.print("preparing \(what)")
        return try work()
    }

    /// The machine's limits, if the profile asks for them.
    func measureLimits(_ pool: PayloadPool) throws -> RunLimits? {
        guard profile.roofline else { return nil }
        progress?.print("measuring this machine's limits")
        return try RunLimits(
            profile: profile, pool: pool, directory: try ending.makeScratch("limits"))
    }

    /// Takes one interval of the run.
    func record(_ report: IntervalReport) {
        do {
            try timeSeries.append(intervals.timeSeries(report))
            try lag.append(intervals.lag(report))
            for entry in intervals.histograms(report) { try histograms.append(entry) }
        } catch {
            if failure == nil { failure = error }
        }
        // The rate of a short partial interval is noisy, so it is only in the files.
        if Double(report.intervalNanos) >= 0.5e9 * (profile.interval / .seconds(1)) {
            progress?.show(intervals.progress(report))
        }
    }

    /// Writes the files of the whole run. Failures to write are thrown later by `check`, so that
    /// the result is still printed.
    func finish(
        _ result: RunResult, pool: PayloadPool?, shares: RunLimits.Shares?
    ) -> SummaryRow {
        progress?.finish()
        let figures = RunFigures(of: result, profile: profile, pool: pool, shares: shares)
        var summary = SummaryRow(
            result, figures: figures, profile: profile, run: run, environment: environment,
            labels: labels)
        thresholds = profile.outcomes(of: result, shares: shares).map {
            ThresholdRow($0, run: run)
        }
        summary.thresholds = SummaryRow.Thresholds(thresholds)
        do {
            try folder.csv(PercentileRow.self).append(PercentileRow.rows(of: result, run: run))
            try folder.csv(SlowestRow.self).append(SlowestRow.rows(of: result, run: run))
            try folder.csv(PartitionRow.self).append(PartitionRow.rows(of: result, run: run))
            if !result.brokers.isEmpty {
                try folder.csv(BrokerRow.self).append(BrokerRow.rows(of: result, run: run))
            }
            if !result.producerGroups.isEmpty {
                try folder.csv(ProducerGroupRow.self).append(
                    ProducerGroupRow.rows(of: result, run: run))
            }
            if !thresholds.isEmpty { try folder.csv(ThresholdRow.self).append(thresholds) }
            // A row in the summary marks the run as finished, so it is written last.
            if failure == nil { try folder.csv(SummaryRow.self).append(summary) }
            try DataPackage.write(in: folder.path, name: folder.runID)
        } catch {
            if failure == nil { failure = error }
        }
        return summary
    }

    /// Throws if a result file could not be written.
    func check() throws(ReportingError) {
        if let failure { throw failure }
    }

    /// The summary for programs, with thresholds and the folder.
    func json(_ summary: SummaryRow) -> String {
        JSON.object(summary, thresholds: thresholds, resultsPath: folder.path)
    }

    func brief(_ summary: SummaryRow) -> ResultsSummary {
        ResultsSummary(summary, thresholds: thresholds, resultsPath: folder.path)
    }

    func report(_ summary: SummaryRow, notes: [String]) -> String {
        notes.map { "Note: \($0)\n" }.joined()
            + SummaryReport.text(
                summary, thresholds: thresholds, resultsPath: folder.path,
                width: TerminalWidth.ofOutput)
    }
}
