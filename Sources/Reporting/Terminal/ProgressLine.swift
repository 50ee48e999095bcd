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

    /// One line of text of at most `width` characters; the end is cut off if it does not fit.
    public func text(width: Int) -> String {
        var parts = [place]
        if let ackedRate { parts.append("acked \(Figure.rate(ackedRate))") }
        if let consumedRate { parts.append("consumed \(Figure.rate(consumedRate))") }
        if let p50Nanos { parts.append("p50 \(Figure.duration(nanos: p50Nanos))") }
        if let p99Nanos { parts.append("p99 \(Figure.duration(nanos: p99Nanos))") }
        if lags.count == 1 {
            parts.append("lag \(Figure.count(lags[0].records))")
        } else if !lags.isEmpty {
            let each = lags.map { "\($0.group) \(Figure.count($0.records))" }
            parts.append("lag " + each.joined(separator: ", "))
        }
        if let logicalBytesPerSecond { parts.append(Figure.byteRate(logicalBytesPerSecond)) }
        let line = parts.joined(separator: "  ")
        return line.count <= width ? line : String(line.prefix(max(width - 1, 0))) + "…"
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

/// Shows progress lines: in place on a terminal, below each other elsewhere.
///
/// One thread owns it.
public struct ProgressDisplay {
    /// Assumed if the terminal does not report its width, and for plain lines.
    public static let defaultWidth = 100

    private let isTerminal: Bool
    private let width: Int
    private let output: (String) -> Void
    private var isLineOpen = false

    /// - Parameters:
    ///   - isTerminal: whether `output` goes to one, which understands `\r` and ESC [K.
    ///   - width: of the terminal, in columns.
    ///   - output: writes text through at once.
    public init(
        isTerminal: Bool, width: Int = ProgressDisplay.defaultWidth,
        output: @escaping (String) -> Void
    ) {
        self.isTerminal = isTerminal
        // A line that fills the last column makes some terminals wrap.
        self.width = max(isTerminal ? width - 1 : width, 1)
        self.output = output
    }

    public mutating func show(_ line: ProgressLine) {
        show(line.text(width: width))
    }

    /// Shows a line of text; the end is cut off if it does not fit.
    public mutating func show(_ text: String) {
        let text = text.count <= width ? text : String(text.prefix(max(width - 1, 0))) + "…"
        if isTerminal {
            output("\r" + Self.wrapOff + text + Self.eraseToEnd + Self.wrapOn)
            isLineOpen = true
        } else {
            output(text + "\n")
        }
    }

    /// Keeps the last line and prints `message` below it; later progress goes below that.
    public mutating func print(_ message: String) {
        finish()
        output(message + "\n")
    }

    /// Ends the line in place, so that the next text starts on its own line.
    public mutating func finish() {
        if isLineOpen { output("\n") }
        isLineOpen = false
    }

    /// Removes the line in place, so that the next text replaces it.
    public mutating func clear() {
        if isLineOpen { output("\r" + Self.eraseToEnd) }
        isLineOpen = false
    }

    private static let eraseToEnd = "\u{1B}[K"
    /// Switches off wrapping: a line that wraps cannot be overwritten in place.
    private static let (wrapOff, wrapOn) = ("\u{1B}[?7l", "\u{1B}[?7h")
}
