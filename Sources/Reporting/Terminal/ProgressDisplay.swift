/// Shows progress: on a terminal as one block of lines that is drawn again in place, elsewhere as lines
/// below each other, each as long as it is.
///
/// One thread owns it.
public struct ProgressDisplay {
    private let isTerminal: Bool
    private let width: Int
    private let isColoured: Bool
    private let isBlockOpen: () -> Bool
    private let output: (String) -> Void
    /// The lines that the block has on the terminal; 0 if there is none.
    private var lineCount = 0

    /// - Parameters:
    ///   - isTerminal: whether `output` goes to one, which understands `\r` and ANSI's sequences.
    ///   - width: of the terminal, in columns.
    ///   - isColoured: whether the block's first word is shown in bold.
    ///   - isBlockOpen: whether nobody else has written to the terminal since the block was drawn. What
    ///     somebody else wrote stays, and the next block goes below it.
    ///   - output: writes text through at once.
    public init(
        isTerminal: Bool, width: Int = TerminalWidth.usual, isColoured: Bool = false,
        isBlockOpen: @escaping () -> Bool = { true }, output: @escaping (String) -> Void
    ) {
        self.isTerminal = isTerminal
        // A line that fills the last column makes some terminals wrap.
        self.width = max(width - 1, 1)
        self.isColoured = isColoured
        self.isBlockOpen = isBlockOpen
        self.output = output
    }

    public mutating func show(_ line: ProgressLine) {
        if isTerminal { draw(line.lines(width: width)) } else { output(line.text + "\n") }
    }

    /// Shows a text, whose parts have two blanks between them.
    /// - Parameter title: a line of its own in front of it.
    public mutating func show(_ text: String, under title: String? = nil) {
        guard isTerminal else { return output(text + "\n") }
        draw(
            (title.map { [$0] } ?? []).flatMap { ProgressLine.lines(of: $0, width: width) }
                + ProgressLine.lines(of: text, width: width))
    }

    /// Keeps the block and prints `message` below it; later progress goes below that.
    public mutating func print(_ message: String) {
        finish()
        output(message + "\n")
    }

    /// Ends the block in place, so that the next text starts on its own line.
    public mutating func finish() {
        if lineCount > 0, isBlockOpen() { output("\n") }
        lineCount = 0
    }

    /// Removes the block, so that the next text replaces it.
    public mutating func clear() {
        if lineCount > 0, isBlockOpen() { output(toStart + Self.eraseBelow) }
        lineCount = 0
    }

    private mutating func draw(_ lines: [String]) {
        if lineCount > 0, !isBlockOpen() { lineCount = 0 }
        var lines = lines
        if isColoured, let first = lines.first {
            let word = first.prefix { $0 != " " }
            lines[0] = "\u{1B}[1m\(word)\u{1B}[0m" + first.dropFirst(word.count)
        }
        output(
            toStart + Self.wrapOff + lines.joined(separator: Self.eraseToEnd + "\n")
                + Self.eraseBelow + Self.wrapOn)
        lineCount = lines.count
    }

    /// From the end of the block's last line to the start of its first.
    private var toStart: String { lineCount > 1 ? "\r\u{1B}[\(lineCount - 1)A" : "\r" }

    private static let eraseToEnd = "\u{1B}[K"
    /// What a removed block ends with.
    public static let eraseBelow = "\u{1B}[J"
    /// Switches off wrapping: a line that wraps cannot be overwritten in place.
    private static let (wrapOff, wrapOn) = ("\u{1B}[?7l", "\u{1B}[?7h")
}
