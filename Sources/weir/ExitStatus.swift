import ArgumentParser
import Glibc
import LoadGenerator
import Measurement

/// The exit statuses that scripts rely on. The larger ones follow sysexits.h.
enum ExitStatus {
    static let badProfile = ExitCode(65)
    static let targetUnavailable = ExitCode(69)
    static let inputOutput = ExitCode(74)
    static let invalidRun = ExitCode(97)
    static let dataLost = ExitCode(98)

    /// What a finished run exits with. A run that was bound by the generator or disturbed by the
    /// machine did what was asked: its verdict says how far to believe it.
    static func of(_ result: RunResult) -> ExitCode {
        let audit = result.audit
        if audit.lost > 0 || audit.corrupt > 0 { return dataLost }
        return result.verdict == .invalid ? invalidRun : .success
    }
}

/// Writes a line to standard error.
func printError(_ message: String) {
    writeToStandardError("weir: " + message + "\n")
}

/// Writes text to standard error at once: progress must be seen while it is news.
func writeToStandardError(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
        var written = 0
        while written < bytes.count {
            let count = unsafe write(
                STDERR_FILENO, bytes.baseAddress! + written, bytes.count - written)
            // Whoever listened has gone; the run matters more than its progress line.
            guard count > 0 || errno == EINTR else { return }
            written += max(count, 0)
        }
    }
}
