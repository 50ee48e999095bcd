import Glibc
import Reporting
import Synchronization

/// The prefix that distinguishes errors from progress on standard error.
let errorPrefix = "weir: "

/// Writes a line to standard error.
func printError(_ message: String) {
    writeToStandardError(errorPrefix + message + "\n")
}

/// Writes text to standard error at once, below progress that may be shown there.
func writeToStandardError(_ text: String) { StandardError.write(text) }

/// Standard error, on which a block of progress may stand that is drawn again in place.
///
/// Thread contract: safe from any thread.
enum StandardError {
    static let isTerminal = isatty(STDERR_FILENO) == 1
    private static let isASCII = isTerminal && !TerminalText.isUTF8(TerminalOptions.variable)
    private static let hasOpenBlock = Atomic<Bool>(false)

    /// Whether nothing was written since progress was, so that this can be drawn again.
    static var isBlockOpen: Bool { hasOpenBlock.load(ordering: .relaxed) }

    static func write(_ text: String) {
        let isBelowBlock = hasOpenBlock.exchange(false, ordering: .relaxed)
        writeOut(isBelowBlock && !text.hasPrefix("\n") ? "\n" + text : text)
    }

    /// Text of a block; without a line break at its end the block is open.
    static func writeProgress(_ text: String) {
        hasOpenBlock.store(isTerminal && !text.hasSuffix("\n"), ordering: .relaxed)
        writeOut(text)
    }

    private static func writeOut(_ text: String) {
        var text = isASCII ? TerminalText.ascii(text) : text
        text.withUTF8 { bytes in
            var written = 0
            while written < bytes.count {
                let count = unsafe Glibc.write(
                    STDERR_FILENO, bytes.baseAddress! + written, bytes.count - written)
                // Standard error is closed; the run goes on without progress.
                guard count > 0 || errno == EINTR else { return }
                written += max(count, 0)
            }
        }
    }
}
