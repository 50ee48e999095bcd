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

/// A histogram log whose histograms are not decoded yet: it takes as much memory as the file.
struct EncodedHistogramLog: Sendable {
    /// The origin of its entries' times; nil if the log does not say.
    let startedAtUnixNanos: Int64?
    let entries: [EncodedHistogramLogEntry]

    /// - Throws: `malformedHistogramLog` with the line at fault.
    init(path: String) throws(ReportingError) {
        var entries: [EncodedHistogramLogEntry] = []
        startedAtUnixNanos = try HistogramLogReader.forEach(at: path) { entries.append($0) }
        self.entries = entries
    }
}

/// Reads histogram logs, ours and those of other tools, with one line of them in memory.
public enum HistogramLogReader {
    /// All entries in order.
    /// - Throws: `malformedHistogramLog` with the line at fault.
    public static func entries(at path: String) throws(ReportingError) -> [HistogramLogEntry] {
        var entries: [HistogramLogEntry] = []
        try forEach(at: path) { (entry) throws(ReportingError) in
            entries.append(try entry.decoded())
        }
        return entries
    }

    /// Calls `body` with each entry, in order, whose histogram takes no more memory than in the file until
    /// it is decoded.
    /// - Returns: the origin of the entries' times; nil if the log does not say.
    /// - Throws: `malformedHistogramLog` with the line at fault; what `body` throws.
    @discardableResult
    static func forEach(
        at path: String, _ body: (EncodedHistogramLogEntry) throws(ReportingError) -> Void
    ) throws(ReportingError) -> Int64? {
        var lines = try LineReader(path: path)
        var number = 0
        var start: Double?
        while let line = try lines.next() {
            number += 1
            start = start ?? HistogramLogFormat.startSeconds(line[...])
            let entry = try EncodedHistogramLogEntry(line: line, place: (path, number))
            if let entry { try body(entry) }
        }
        return start.map { Int64(($0 * 1_000).rounded()) * 1_000_000 }
    }
}
