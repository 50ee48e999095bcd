import ArgumentParser
import Glibc
import Measurement
import Reporting

/// Standard output with every write checked, so that truncated output gives an error.
///
/// Thread contract: safe from any thread.
enum StandardOutput {
    /// Standard output accepts no more: the disk is full, or the terminal or pipe is closed.
    struct Failure: Error, CustomStringConvertible {
        let errno: Int32

        var description: String {
            let reason = unsafe String(cString: strerror(errno))
            let remedy = errno == ENOSPC || errno == EDQUOT ? "; free some space where it goes" : ""
            return "cannot write to standard output: \(reason)\(remedy)"
        }
    }

    /// The size of the buffer; a terminal gets each write at once.
    private static let bufferByteCount = 64 << 10
    private static let pending = CheckedMutex<[UInt8]>([])
    private static let isTerminal = isatty(STDOUT_FILENO) == 1

    static func write(_ text: String) throws(Failure) {
        try pending.withLock { (pending) throws(Failure) in
            pending += Array(text.utf8)
            if isTerminal || pending.count >= bufferByteCount { try writeOut(&pending) }
        }
    }

    /// Writes the buffer, at the end of a command and before it does something that takes time.
    static func flush() throws(Failure) {
        try pending.withLock { (pending) throws(Failure) in try writeOut(&pending) }
    }

    /// Bytes that cannot be written are discarded.
    private static func writeOut(_ pending: inout [UInt8]) throws(Failure) {
        defer { pending.removeAll(keepingCapacity: true) }
        var written = 0
        while written < pending.count {
            let count = unsafe pending.withUnsafeBytes { bytes in
                unsafe Glibc.write(
                    STDOUT_FILENO, bytes.baseAddress! + written, bytes.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Failure(errno: errno) }
            written += count
        }
    }
}

/// Writes to standard output.
func printOut(_ text: String = "", terminator: String = "\n") throws(StandardOutput.Failure) {
    try StandardOutput.write(text + terminator)
}

/// Swift's own `print` reports no failure.
@available(*, unavailable, message: "use printOut, which reports failed writes")
func print(_ items: Any..., separator: String = " ", terminator: String = "\n") {}

/// Writes to standard output now, because the command goes on with something that takes time.
func printNow(_ text: String, terminator: String = "\n") throws(StandardOutput.Failure) {
    try printOut(text, terminator: terminator)
    try StandardOutput.flush()
}

extension ExitStatus {
    /// The status of a text that was printed after its results were stored: 74, with an error, if
    /// it could not be written.
    static func of<Failure>(_ shown: Result<Void, Failure>) -> ExitCode {
        guard case .failure(let error) = shown else { return .success }
        printError("\(error)")
        return inputOutput
    }
}
