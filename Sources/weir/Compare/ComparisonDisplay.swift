import Glibc
import Reporting

/// What a comparison prints on standard error: the current run and its progress, in one line in
/// place on a terminal, else below each other.
struct ComparisonDisplay {
    private var progress: ProgressDisplay?
    private let isTerminal: Bool

    /// - Parameter isQuiet: prints only errors.
    init(isQuiet: Bool) {
        isTerminal = isatty(STDERR_FILENO) == 1
        if !isQuiet {
            progress = ProgressDisplay(isTerminal: isTerminal, output: writeToStandardError)
        }
    }

    mutating func print(_ line: String) { progress?.print(line) }

    mutating func begin(_ place: String) {
        if isTerminal { progress?.show(place) } else { progress?.print(place) }
    }

    /// - Parameter line: what the run's process wrote.
    mutating func show(_ line: String, place: String) {
        // This process prints that itself.
        if line.hasPrefix(errorPrefix), line.hasSuffix(Interrupts.noticeEnd) { return }
        if line.hasPrefix(errorPrefix) {
            progress?.clear()
            writeToStandardError(line + "\n")
        } else {
            progress?.show(isTerminal ? "\(place)  \(line)" : "  " + line)
        }
    }

    /// The run's result replaces its progress.
    mutating func end(_ result: String) {
        progress?.clear()
        progress?.print(result)
    }
}
