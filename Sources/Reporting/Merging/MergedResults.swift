import Foundation
import Measurement

/// The files of a comparison's folder, made from those of its runs: every row, once.
///
/// `summary.csv` is replaced as a whole after each run; before that, the larger files grow by the
/// run's rows. If a killed comparison left them torn or ahead of its summary, `rebuild` makes them
/// again from the folders of the runs.
///
/// Thread contract: one owner.
public struct MergedResults {
    /// A finished run with its ordinary results folder.
    public struct Run: Sendable, Equatable {
        public var folder: String
        /// The prefix of its tags in `latency.hlog`; only characters of file names.
        public var label: String
        /// The columns of the varied settings, with their values.
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
        SlowestRow.fileName, PartitionRow.fileName, BrokerRow.fileName, ProducerGroupRow.fileName,
    ]

    private let folder: String
    /// The header of each growing file, as written.
    private var headers: [String: String] = [:]
    private var log: MergedHistogramLog

    /// - Parameter startedAtUnixNanos: the start of the comparison, where the times of its log
    ///   begin.
    public init(folder: String, startedAtUnixNanos: Int64, origin: String) {
        self.folder = folder
        log = MergedHistogramLog(
            path: folder + "/" + HistogramLogWriter.fileName,
            startedAtUnixNanos: startedAtUnixNanos, origin: origin)
    }

    /// Rewrites all files from finished runs; each is replaced as a whole.
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
        // Later runs add no files and no columns.
        try DataPackage.write(in: folder)
    }

    /// Adds the last of some runs; the others were added before.
    public mutating func add(
        lastOf runs: [Run], failed: [FailedRun]
    ) throws(ReportingError) {
        guard let run = runs.last else { return }
        for name in Self.grown {
            guard let text = try Self.text(name, of: run) else { continue }
            let (header, rows) = Self.split(text)
            guard headers[name] == String(header) else {
                // The columns differ, or these are the first rows.
                return try rebuild(runs, failed: failed)
            }
            try OutputFile(appendingTo: folder + "/" + name).append(String(rows))
        }
        AdviceRow.remove(from: folder)
        try log.add(run)
        try writeSummary(runs, failed: failed)
    }

    /// Replaces `summary.csv` by one of all runs with the varied settings as columns.
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

    /// A row that says which run failed and why; its other fields are empty.
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

    /// A file of a run, with the run's name in each row, which older versions left out; nil if there is
    /// no such file.
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

    /// Nil if there is no such file: a run of an older version.
    private static func text(_ path: String) throws(ReportingError) -> String? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do {
            let text = try String(contentsOfFile: path, encoding: .utf8)
            // A row that did not fit the disk has no end, and would run into the next one.
            guard let end = text.utf8.lastIndex(of: UInt8(ascii: "\n")) else { return nil }
            return String(text[..<text.utf8.index(after: end)])
        } catch {
            throw .inputOutput(operation: "read", path: path, errno: error.posixCode)
        }
    }

    /// Names of columns contain no line break, so the header ends at the first.
    private static func split(_ text: String) -> (header: Substring, rows: Substring) {
        guard let end = text.utf8.firstIndex(of: UInt8(ascii: "\n")) else { return (text[...], "") }
        // Swift takes CR LF for one character, and a byte position may lie between them.
        let start = text.utf8.index(after: end)
        return (text[..<start], text[start...])
    }

    private static func united(_ texts: [String], name: String) throws(ReportingError) -> String {
        var tables: [CSVTable] = []
        for text in texts { tables.append(try CSVTable(text: text, path: name)) }
        return CSVTable.united(tables).text
    }
}
