import Glibc
import Measurement
import Reporting

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
    private static let hasOpenBlock = CheckedMutex(false)

    /// Whether nothing was written since progress was, so that this can be drawn again.
    static var isBlockOpen: Bool { hasOpenBlock.withLock { $0 } }

    static func write(_ text: String) {
        hasOpenBlock.withLock { isOpen in
            writeOut(isOpen && !text.hasPrefix("\n") ? "\n" + text : text)
            isOpen = false
        }
    }

    /// Text of a block, which is open after it unless it ends with a line break or removes the block.
    static func writeProgress(_ text: String) {
        hasOpenBlock.withLock { isOpen in
            writeOut(text)
            let isOver = text.hasSuffix("\n") || text.hasSuffix(ProgressDisplay.eraseBelow)
            isOpen = isTerminal && !isOver
        }
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
