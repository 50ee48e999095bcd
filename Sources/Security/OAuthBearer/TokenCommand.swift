import Glibc

/// A command of the shell that prints a token.
enum TokenCommand {
    private static let name = "sasl.oauthbearer.token.command"
    private static let maximumByteCount = 128 << 10
    /// So often it is asked whether the shell has ended, where nothing is printed.
    private static let longestPollMs: Int32 = 20

    /// Runs it, and returns what it printed until its shell ended; what it leaves running is left alone. Blocks, for not
    /// much longer than `timeoutMs`: then the shell and all that it has started are killed.
    static func output(of command: String, timeoutMs: Int64) throws(TokenFault) -> [UInt8] {
        var shell: ShellCommand
        do throws(ShellCommand.Fault) {
            shell = try ShellCommand(command)
        } catch {
            throw .lasting(
                "\(name) cannot be run: \(unsafe String(cString: strerror(error.code)))")
        }
        let (bytes, status) = try read(&shell, within: .milliseconds(timeoutMs))
        guard status == 0 else {
            throw .passing("\(name) gave no token: it ended with status \(status)")
        }
        return bytes
    }

    /// Reads until the shell has ended, not until the pipe has: a child that goes on holds its other end, too.
    private static func read(
        _ shell: inout ShellCommand, within timeout: Duration
    ) throws(TokenFault) -> ([UInt8], status: Int32) {
        let deadline = ContinuousClock.now + timeout
        var bytes: [UInt8] = []
        var isOpen = true
        while true {
            // Asked first: what it printed before it ended is in the pipe.
            let status = shell.exitStatus()
            guard ContinuousClock.now < deadline else {
                throw .passing("\(name) gave no token: it took longer than \(timeout)")
            }
            var waiting = pollfd(
                fd: isOpen ? shell.output : -1, events: Int16(POLLIN), revents: 0)
            let count = unsafe poll(&waiting, 1, status == nil ? longestPollMs : 0)
            guard count > 0, isOpen else {
                if let status { return (bytes, status) }
                continue
            }
            var part = [UInt8](repeating: 0, count: 16 << 10)
            let length = unsafe part.withUnsafeMutableBytes {
                unsafe Glibc.read(shell.output, $0.baseAddress, $0.count)
            }
            if length > 0 {
                bytes += part[..<length]
            } else if length == 0 || errno != EINTR {
                isOpen = false
            }
            guard bytes.count <= maximumByteCount else {
                throw .passing("\(name) gave no token: it printed too much")
            }
        }
    }
}
