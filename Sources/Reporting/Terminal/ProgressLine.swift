import Foundation

/// The state of a running run, as the reporter knows it once a second.
public struct ProgressLine: Sendable, Equatable {
    public struct GroupLag: Sendable, Equatable {
        public var group: String
        public var records: Int64

        public init(group: String, records: Int64) {
            self.group = group
            self.records = records
        }
    }

    public var elapsedSeconds: Double
    /// Nil if the run ends by a count of records, or by hand.
    public var totalSeconds: Double?
    public var phase: TimeSeriesRow.Phase
    /// 0…1, by whichever bound the run has.
    public var shareDone: Double?
    /// Acknowledged records per second of the last interval. A figure that is nil is left out.
    public var ackedRate: Double?
    public var consumedRate: Double?
    public var logicalBytesPerSecond: Double?
    /// Of the end-to-end latency; without consumers, of the response latency.
    public var p50Nanos: Int64?
    public var p99Nanos: Int64?
    public var lags: [GroupLag] = []

    public init(elapsedSeconds: Double, phase: TimeSeriesRow.Phase) {
        self.elapsedSeconds = elapsedSeconds
        self.phase = phase
    }

    /// In one line, of any length.
    public var text: String { parts.joined(separator: Self.gap) }

    /// In lines of at most `width` characters. Only a part that is longer than a line is cut.
    public func lines(width: Int) -> [String] { Self.lines(of: parts, width: width) }

    /// The lines of a text that another process wrote as `text`.
    public static func lines(of text: String, width: Int) -> [String] {
        lines(
            of: text.replacing(gap, with: "\n").split(separator: "\n").map(String.init),
            width: width)
    }

    /// Between two figures; no figure has it in itself.
    private static let gap = "  "

    private static func lines(of parts: [String], width: Int) -> [String] {
        var lines: [String] = []
        for part in parts {
            let part = part.count <= width ? part : String(part.prefix(max(width - 1, 0))) + "…"
            if let last = lines.last, last.count + gap.count + part.count <= width {
                lines[lines.count - 1] += gap + part
            } else {
                lines.append(part)
            }
        }
        return lines
    }

    private var parts: [String] {
        var parts = [place]
        if let ackedRate { parts.append("acked \(Figure.rate(ackedRate))") }
        if let consumedRate { parts.append("consumed \(Figure.rate(consumedRate))") }
        if let p50Nanos { parts.append("p50 \(Figure.duration(nanos: p50Nanos))") }
        if let p99Nanos { parts.append("p99 \(Figure.duration(nanos: p99Nanos))") }
        if let logicalBytesPerSecond { parts.append(Figure.byteRate(logicalBytesPerSecond)) }
        if lags.count == 1 {
            parts.append("lag \(Figure.count(lags[0].records))")
        } else {
            parts += lags.map { "lag \($0.group) \(Figure.count($0.records))" }
        }
        return parts
    }

    private var place: String {
        let elapsed = Figure.fixed(max(elapsedSeconds, 0), digits: 0)
        let time =
            totalSeconds.map { "\(elapsed)/\(Figure.fixed($0, digits: 0))s" } ?? "\(elapsed)s"
        let percent = shareDone.map { share in
            let whole = String(Int((min(max(share, 0), 1) * 100).rounded(.down)))
            return " " + String(repeating: " ", count: 3 - whole.count) + whole + "%"
        }
        return "\(phase.rawValue) \(time)\(percent ?? "")"
    }
}
