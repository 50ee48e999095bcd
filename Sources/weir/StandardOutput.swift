import ArgumentParser
import Glibc
import Measurement

/// Standard output, of which every byte is checked: a script that gets half a result must not be told
/// that all went well.
///
/// Thread contract: safe from any thread.
enum StandardOutput {
    /// It takes no more: a full disk, a terminal or a pipe that is gone.
    struct Failure: Error, CustomStringConvertible {
        let errno: Int32

        var description: String {
            let reason = unsafe String(cString: strerror(errno))
            let remedy = errno == ENOSPC || errno == EDQUOT ? "; free some space where it goes" : ""
            return "cannot write to standard output: \(reason)\(remedy)"
        }
    }

    /// So much is gathered before it is written, but on a terminal.
    private static let bufferByteCount = 64 << 10
    private static let pending = CheckedMutex<[UInt8]>([])
    private static let isTerminal = isatty(STDOUT_FILENO) == 1

    static func write(_ text: String) throws(Failure) {
        try pending.withLock { (pending) throws(Failure) in
            pending += Array(text.utf8)
            if isTerminal || pending.count >= bufferByteCount { try writeOut(&pending) }
        }
    }

    /// Writes what is gathered: before a command goes on with something that takes time, and at its end.
    static func flush() throws(Failure) {
        try pending.withLock { (pending) throws(Failure) in try writeOut(&pending) }
    }

    /// What cannot be written is given up.
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

/// Swift's own tells nobody that it failed.
@available(*, unavailable, message: "printOut says when standard output takes no more")
func print(_ items: Any..., separator: String = " ", terminator: String = "\n") {}

/// Writes to standard output now: the command goes on with something that takes time.
func printNow(_ text: String, terminator: String = "\n") throws(StandardOutput.Failure) {
    try printOut(text, terminator: terminator)
    try StandardOutput.flush()
}

extension ExitStatus {
    /// Of a text that was shown after the results that it is about were stored: 74 where it was not, which
    /// is said.
    static func of<Failure>(_ shown: Result<Void, Failure>) -> ExitCode {
        guard case .failure(let error) = shown else { return .success }
        printError("\(error)")
        return inputOutput
    }
}
