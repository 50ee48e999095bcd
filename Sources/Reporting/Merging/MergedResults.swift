import Foundation
import Measurement

/// The files of a comparison's folder, made of those of its runs: every row, once.
///
/// `summary.csv` is put in place as a whole after each run, and the larger files grow by that run's
/// rows before it. What a comparison that was killed has left torn or ahead of its summary is put
/// right by `rebuild`, since all of it is in the folders of the runs.
///
/// Thread contract: one owner.
public struct MergedResults {
    /// A finished run with its ordinary results folder.
    public struct Run: Sendable, Equatable {
        public var folder: String
        /// What its tags in `latency.hlog` begin with; a file name's characters only.
        public var label: String
        /// Columns that say what was varied, with their values.
        public var settings: [(column: String, value: String)]

        public init(folder: String, label: String, settings: [(column: String, value: String)]) {
            self.folder = folder
            self.label = label
            self.settings = settings
        }

        public static func == (a: Run, b: Run) -> Bool { a.folder == b.folder }
    }

    /// A run that left no summary, since its process died.
    public struct FailedRun: Sendable {
        public var identity: RunIdentity
        public var labels: RunLabels
        public var reason: String
        public var settings: [(column: String, value: String)]

        public init(
            identity: RunIdentity, labels: RunLabels = .none, reason: String,
            settings: [(column: String, value: String)]
        ) {
            self.identity = identity
            self.labels = labels
            self.reason = reason
            self.settings = settings
        }
    }

    private static let grown = [
        TimeSeriesRow.fileName, LagRow.fileName, PercentileRow.fileName, ThresholdRow.fileName,
    ]

    private let folder: String
    /// The header of each file that grows, as it stands.
    private var headers: [String: String] = [:]
    private var log: MergedHistogramLog

    /// - Parameter startedAtUnixNanos: of the comparison: where the times of its log begin.
    public init(folder: String, startedAtUnixNanos: Int64, origin: String) {
        self.folder = folder
        log = MergedHistogramLog(
            path: folder + "/" + HistogramLogWriter.fileName,
            startedAtUnixNanos: startedAtUnixNanos, origin: origin)
    }

    /// Writes all files anew from finished runs, each put in place as a whole.
    public mutating func rebuild(
        _ runs: [Run], failed: [FailedRun] = []
    ) throws(ReportingError) {
        for name in Self.grown {
            let pieces = try runs.map { (run) throws(ReportingError) in
                try Self.text(name, of: run)
            }
            let texts = pieces.compactMap { $0 }
            let parts = texts.map(Self.split)
            headers[name] = nil
            guard let header = parts.first?.header else { continue }
            let text =
                parts.allSatisfy { $0.header == header }
                ? String(header) + parts.map { String($0.rows) }.joined()
                : try Self.united(texts, name: name)
            headers[name] = String(Self.split(text).header)
            try AtomicFile.replace(folder + "/" + name, with: text)
        }
        try log.rebuild(runs)
        try writeSummary(runs, failed: failed)
    }

    /// Adds the last of some runs, the others of which are there already.
    public mutating func add(
        lastOf runs: [Run], failed: [FailedRun]
    ) throws(ReportingError) {
        guard let run = runs.last else { return }
        for name in Self.grown {
            guard let text = try Self.text(name, of: run) else { continue }
            let (header, rows) = Self.split(text)
            guard headers[name] == String(header) else {
                // The first rows, or those of another version: columns are made one for all.
                return try rebuild(runs, failed: failed)
            }
            try OutputFile(appendingTo: folder + "/" + name).append(String(rows))
        }
        try log.add(run)
        try writeSummary(runs, failed: failed)
    }

    /// Puts a new `summary.csv` in place, of all runs with what was varied as columns.
    public func writeSummary(_ runs: [Run], failed: [FailedRun]) throws(ReportingError) {
        var tables: [CSVTable] = []
        for run in runs {
            let path = run.folder + "/" + SummaryRow.fileName
            tables.append(Self.table(try CSVTable(path: path), adding: run.settings))
        }
        tables += failed.map(Self.table)
        guard !tables.isEmpty else { return }
        try AtomicFile.replace(
            folder + "/" + SummaryRow.fileName, with: CSVTable.united(tables).text)
    }

    // MARK: Rows

    private static func table(
        _ table: CSVTable, adding settings: [(column: String, value: String)]
    ) -> CSVTable {
        CSVTable(
            columns: table.columns + settings.map(\.column),
            rows: table.rows.map { $0.fields + settings.map(\.value) })
    }

    /// A row that says who failed and why; what was not measured is empty.
    private static func table(_ run: FailedRun) -> CSVTable {
        let known: [String: String] = [
            "run_id": run.identity.runID, "profile": run.identity.profile,
            "variant": run.identity.variant, "repetition": String(run.identity.repetition),
            "started_at": UTCTime(unixNanos: run.identity.startedAtUnixNanos).iso8601,
            "target": run.identity.target, "verdict": "INVALID", "verdict_reasons": run.reason,
            "label": run.labels.label ?? "", "tags": run.labels.tagText ?? "",
        ]
        let columns = SummaryRow.columns.map(\.name)
        let row = CSVTable(columns: columns, rows: [columns.map { known[$0] ?? "" }])
        return table(row, adding: run.settings)
    }

    // MARK: Files

    /// A file of a run, with the run's name in each row, which older versions left out; nil where there
    /// is no such file.
    private static func text(_ name: String, of run: Run) throws(ReportingError) -> String? {
        let path = run.folder + "/" + name
        guard let text = try text(path) else { return nil }
        if text.hasPrefix(RunName.column + ",") { return text }
        let table = try CSVTable(text: text, path: path)
        guard !table.columns.contains(RunName.column) else { return text }
        let summary = try CSVTable(path: run.folder + "/" + SummaryRow.fileName)
        let runID = summary.rows.first?[RunName.column] ?? ""
        return CSVTable(
            columns: [RunName.column] + table.columns, rows: table.rows.map { [runID] + $0.fields }
        ).text
    }

    /// Nil where there is no such file: a run of an older version.
    private static func text(_ path: String) throws(ReportingError) -> String? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do {
            let text = try String(contentsOfFile: path, encoding: .utf8)
            // A row that the disk had no room for has no end, and would run into the next one.
            guard let end = text.utf8.lastIndex(of: UInt8(ascii: "\n")) else { return nil }
            return String(text[..<text.utf8.index(after: end)])
        } catch {
            throw .inputOutput(operation: "read", path: path, errno: error.posixCode)
        }
    }

    /// Names of columns hold no line break, so the header ends at the first.
    private static func split(_ text: String) -> (header: Substring, rows: Substring) {
        guard let end = text.utf8.firstIndex(of: UInt8(ascii: "\n")) else { return (text[...], "") }
        // CR LF is one character, in whose middle a place of bytes may lie.
        let start = text.utf8.index(after: end)
        return (text[..<start], text[start...])
    }

    private static func united(_ texts: [String], name: String) throws(ReportingError) -> String {
        var tables: [CSVTable] = []
        for text in texts { tables.append(try CSVTable(text: text, path: name)) }
        return CSVTable.united(tables).text
    }
}
