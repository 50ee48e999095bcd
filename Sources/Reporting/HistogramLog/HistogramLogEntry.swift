import Measurement

/// One line of a `.hlog`: the latencies of one interval under one tag.
public struct HistogramLogEntry: Sendable, Equatable {
    /// The kind of latency, with the consumer group after a colon where there is one.
    public var tag: String
    /// The start of the interval, since the start of the log.
    public var startSeconds: Double
    public var intervalSeconds: Double
    public var histogram: LatencyHistogram

    public init(
        tag: String, startSeconds: Double, intervalSeconds: Double, histogram: LatencyHistogram
    ) {
        self.tag = tag
        self.startSeconds = startSeconds
        self.intervalSeconds = intervalSeconds
        self.histogram = histogram
    }

    /// `response_latency`, or `e2e_latency:billing`. A tag ends at a comma and must not contain
    /// blanks, so those in a group's name are percent-encoded.
    public static func tag(_ kind: LatencyKind, group: String? = nil) -> String {
        guard let group else { return kind.rawValue }
        let escaped = group.utf8.map { byte in
            let isPlain =
                byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: ",")
                && byte != UInt8(ascii: "%")
            if isPlain { return String(UnicodeScalar(byte)) }
            let hex = String(byte, radix: 16, uppercase: true)
            return "%" + (hex.count < 2 ? "0" : "") + hex
        }
        return kind.rawValue + ":" + escaped.joined()
    }
}

/// HdrHistogram's log format 1.3, which its own tools read; values are nanoseconds.
enum HistogramLogFormat {
    /// The unit of the third field, the interval's maximum: milliseconds.
    static let maxValueUnitRatio = 1_000_000.0

    static func header(startedAtUnixNanos: Int64, origin: String) -> String {
        let seconds = CSV.decimal(Double(startedAtUnixNanos) / 1e9, digits: 3)!
        let time = UTCTime(unixNanos: startedAtUnixNanos).iso8601
        return """
            #[\(origin)]
            #[Histogram log format version 1.3]
            #[StartTime: \(seconds) (seconds since epoch), \(time)]
            #[BaseTime: \(seconds) (seconds since epoch)]
            #[Values are nanoseconds; Interval_Max is in milliseconds (maxValueUnitRatio 1000000.0)]
            "StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"

            """
    }

    static func line(_ entry: HistogramLogEntry) throws(ReportingError) -> String {
        let numbers = [
            entry.startSeconds, entry.intervalSeconds,
            Double(entry.histogram.maximum) / maxValueUnitRatio,
        ]
        let fields = numbers.map { CSV.decimal(max($0, 0), digits: 3) ?? "0.000" }
        let payload = try HistogramEncoding.encodeBase64(entry.histogram)
        return "Tag=\(entry.tag)," + fields.joined(separator: ",") + ",\(payload)\n"
    }

    /// The time of the comment that says when the log began; nil for other lines.
    static func startSeconds(_ line: Substring) -> Double? {
        let prefix = "#[StartTime: "
        guard line.hasPrefix(prefix) else { return nil }
        let number = line.dropFirst(prefix.count).prefix { $0 != " " }
        return Double(number).flatMap { abs($0) < 9e9 ? $0 : nil }
    }
}

/// A line of a `.hlog` whose histogram is not decoded yet.
struct EncodedHistogramLogEntry: Sendable {
    let tag: String
    let startSeconds: Double
    let intervalSeconds: Double
    private let payload: String
    private let place: (path: String, line: Int)

    /// Nil for comments, the legend and empty lines.
    /// - Throws: `malformedHistogramLog`.
    init?(line: String, place: (path: String, line: Int)) throws(ReportingError) {
        if line.isEmpty || line.hasPrefix("#") || line.hasPrefix("\"") { return nil }
        self.place = place
        var fields = line.split(separator: ",", omittingEmptySubsequences: false)
            .map { $0.drop { $0 == " " } }[...]
        if let first = fields.first, first.hasPrefix("Tag=") {
            tag = String(first.dropFirst(4))
            fields.removeFirst()
        } else {
            tag = ""
        }
        guard fields.count == 4 else {
            throw Self.malformed(place, "\(fields.count) fields, not 4")
        }
        let numbers = fields.prefix(3).compactMap { Double($0) }
        guard numbers.count == 3 else { throw Self.malformed(place, "a time is not a number") }
        (startSeconds, intervalSeconds) = (numbers[0], numbers[1])
        payload = String(fields.last!)
    }

    /// - Throws: `malformedHistogramLog`.
    func histogram() throws(ReportingError) -> LatencyHistogram {
        do throws(ReportingError) {
            return try HistogramEncoding.decodeBase64(payload)
        } catch {
            throw Self.malformed(place, error.description)
        }
    }

    func decoded() throws(ReportingError) -> HistogramLogEntry {
        HistogramLogEntry(
            tag: tag, startSeconds: startSeconds, intervalSeconds: intervalSeconds,
            histogram: try histogram())
    }

    private static func malformed(
        _ place: (path: String, line: Int), _ reason: String
    ) -> ReportingError {
        .malformedHistogramLog(path: place.path, line: place.line, reason: reason)
    }
}
