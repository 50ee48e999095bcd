import Glibc
import Reporting

/// The output of a comparison on standard error: the current run and its progress, on a terminal in
/// one line that is overwritten, else in lines.
struct ComparisonDisplay {
    private var progress: ProgressDisplay?
    private let isTerminal = StandardError.isTerminal
    private let terminal: TerminalOptions

    /// - Parameter isQuiet: prints only errors.
    init(isQuiet: Bool, terminal: TerminalOptions) {
        self.terminal = terminal
        if !isQuiet { progress = terminal.progress }
    }

    mutating func print(_ line: String) { progress?.print(line) }

    mutating func begin(_ place: String) {
        if isTerminal { progress?.show(place) } else { progress?.print(place) }
    }

    /// - Parameter line: of the run's process.
    mutating func show(_ line: String, place: String) {
        // This process prints its own notice of an interrupt.
        if line.hasPrefix(errorPrefix), line.hasSuffix(Interrupts.noticeEnd) { return }
        if line.hasPrefix(errorPrefix) {
            progress?.clear()
            writeToStandardError(line + "\n")
        } else {
            if isTerminal {
                progress?.show(line, under: place)
            } else {
                progress?.show("  " + line)
            }
        }
    }

    /// The run's result replaces its progress.
    mutating func end(_ result: String) {
        progress?.clear()
        progress?.print(
            terminal.hasColours(STDERR_FILENO) ? TerminalText.coloured(result) : result)
    }
}
