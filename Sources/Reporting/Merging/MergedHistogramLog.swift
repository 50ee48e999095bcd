import Foundation

/// The histogram logs of a comparison's runs as one log: the histograms unchanged, the run in front
/// of their tags (`zstd-3/2/e2e_latency:readers`), and all times since the comparison's start.
struct MergedHistogramLog {
    let path: String
    let startedAtUnixNanos: Int64
    let origin: String

    func rebuild(_ runs: [MergedResults.Run]) throws(ReportingError) {
        var text = HistogramLogFormat.header(
            startedAtUnixNanos: startedAtUnixNanos, origin: origin)
        for run in runs { text += try lines(of: run) }
        try AtomicFile.replace(path, with: text)
    }

    func add(_ run: MergedResults.Run) throws(ReportingError) {
        try OutputFile(appendingTo: path).append(lines(of: run))
    }

    private func lines(of run: MergedResults.Run) throws(ReportingError) -> String {
        let source = run.folder + "/" + HistogramLogWriter.fileName
        guard FileManager.default.fileExists(atPath: source) else { return "" }
        let text: String
        do {
            text = try String(contentsOfFile: source, encoding: .utf8)
        } catch {
            throw .inputOutput(operation: "read", path: source, errno: error.posixCode)
        }
        var offset = 0.0
        var result = ""
        // The text after the last line break is empty, or a line that was cut off.
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            if let start = HistogramLogFormat.startSeconds(line) {
                offset = start - Double(startedAtUnixNanos) / 1e9
            }
            result += Self.moved(line, label: run.label, offset: offset) ?? ""
        }
        return result
    }

    /// Nil for lines without a histogram: comments, the legend, empty lines.
    private static func moved(_ line: Substring, label: String, offset: Double) -> String? {
        let prefix = "Tag="
        let fields = line.split(separator: ",", maxSplits: 2, omittingEmptySubsequences: false)
        guard line.hasPrefix(prefix), fields.count == 3, let start = Double(fields[1]),
            let time = CSV.decimal(max(start + offset, 0), digits: 3)
        else { return nil }
        return "\(prefix)\(label)/\(fields[0].dropFirst(prefix.count)),\(time),\(fields[2])\n"
    }
}
