import Foundation
import Measurement

/// Writes `latency.hlog`: every interval's histograms, mergeable later without loss.
///
/// Any thread may append; each entry is written at once.
public final class HistogramLogWriter: Sendable {
    public static let fileName = "latency.hlog"

    public let path: String
    private let file: CheckedMutex<OutputFile>

    /// - Parameter origin: a comment that names the writer, such as `weir 0.1.0, orders`.
    public init(
        in folder: String, startedAtUnixNanos: Int64, origin: String
    ) throws(ReportingError) {
        path = folder + "/" + Self.fileName
        let file = try OutputFile(creating: path)
        try file.append(
            HistogramLogFormat.header(
                startedAtUnixNanos: startedAtUnixNanos,
                origin: origin.replacingOccurrences(of: "\n", with: " ")))
        self.file = CheckedMutex(file)
    }

    /// Appends one interval. An empty histogram is left out, since it would add nothing.
    public func append(_ entry: HistogramLogEntry) throws(ReportingError) {
        guard !entry.histogram.isEmpty else { return }
        let line = try HistogramLogFormat.line(entry)
        try file.withLock { (file) throws(ReportingError) in try file.append(line) }
    }
}

/// A histogram log, read back.
public struct HistogramLog: Sendable {
    /// The origin of its entries' times; nil if the log does not say.
    public let startedAtUnixNanos: Int64?
    public let entries: [HistogramLogEntry]
}

/// Reads histogram logs, ours and those of other tools.
public enum HistogramLogReader {
    /// All entries in order.
    /// - Throws: `malformedHistogramLog` with the line at fault.
    public static func entries(at path: String) throws(ReportingError) -> [HistogramLogEntry] {
        try log(at: path).entries
    }

    /// The log with its start time.
    /// - Throws: `malformedHistogramLog` with the line at fault.
    public static func log(at path: String) throws(ReportingError) -> HistogramLog {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw .inputOutput(operation: "read", path: path, errno: error.posixCode)
        }
        var entries: [HistogramLogEntry] = []
        // Other tools end lines as their system does, and editors add a byte order mark.
        let whole = text.first == "\u{FEFF}" ? text.dropFirst() : text[...]
        let lines = whole.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            do throws(ReportingError) {
                if let entry = try HistogramLogFormat.entry(line) { entries.append(entry) }
            } catch {
                throw .malformedHistogramLog(
                    path: path, line: index + 1, reason: error.description)
            }
        }
        let start = lines.lazy.compactMap(HistogramLogFormat.startSeconds).first
        return HistogramLog(
            startedAtUnixNanos: start.map { Int64(($0 * 1_000).rounded()) * 1_000_000 },
            entries: entries)
    }

    /// One histogram for each tag, with all its entries added.
    public static func merged(
        _ entries: [HistogramLogEntry]
    ) -> [String: LatencyHistogram] {
        var result: [String: LatencyHistogram] = [:]
        for entry in entries {
            result[entry.tag, default: LatencyHistogram()].add(entry.histogram)
        }
        return result
    }
}
