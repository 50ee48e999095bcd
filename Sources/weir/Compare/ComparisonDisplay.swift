import Glibc
import Reporting

/// The output of a comparison on standard error: the current run and its progress, on a terminal in
/// one line that is overwritten, else in lines.
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

    /// - Parameter line: of the run's process.
    mutating func show(_ line: String, place: String) {
        // This process prints its own notice of an interrupt.
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
