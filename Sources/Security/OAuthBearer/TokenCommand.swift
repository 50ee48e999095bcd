internal import Foundation
import Glibc

/// A command of the shell that prints a token.
enum TokenCommand {
    private static let name = "sasl.oauthbearer.token.command"
    private static let maximumByteCount = 128 << 10
    /// So often it is asked whether the shell has ended, where nothing is printed.
    private static let longestPollMs: Int32 = 20

    /// Runs it, and returns what it printed until its shell ended; what it leaves running is left alone. Blocks, for not
    /// much longer than `timeoutMs`: then the shell and all that it has started are killed. Its errors go where those of
    /// this program go.
    static func output(of command: String, timeoutMs: Int64) throws(TokenFault) -> [UInt8] {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", command]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        do {
            try process.run()
        } catch {
            throw .lasting("\(name) cannot be run: \(error.localizedDescription)")
        }
        let bytes: [UInt8]
        do throws(TokenFault) {
            bytes = try read(
                output.fileHandleForReading.fileDescriptor, until: process,
                within: .milliseconds(timeoutMs))
        } catch {
            kill(process)
            throw error
        }
        guard let status = status(of: process), status == 0 else {
            throw .passing(
                "\(name) gave no token: it ended with status \(status(of: process) ?? -1)")
        }
        return bytes
    }

    /// With what it has ended; nil while it runs. `Process` itself learns of the end only when all have ended that hold a
    /// descriptor of its own, which those that the shell has left behind do.
    private static func status(of process: Process) -> Int32? {
        var info = unsafe siginfo_t()
        let id = id_t(process.processIdentifier)
        guard unsafe waitid(P_PID, id, &info, WEXITED | WNOHANG | WNOWAIT) == 0 else {
            // Somebody has taken its status, and tells it.
            process.waitUntilExit()
            return process.terminationReason == .exit ? process.terminationStatus : -1
        }
        guard unsafe info.si_signo == SIGCHLD else { return nil }
        return unsafe info.si_code == Int32(CLD_EXITED)
            ? info._sifields._sigchld.si_status : -1
    }

    /// Reads until the process has ended, not until the pipe has: a child that goes on holds its other end, too.
    private static func read(
        _ descriptor: Int32, until process: Process, within timeout: Duration
    ) throws(TokenFault) -> [UInt8] {
        let deadline = ContinuousClock.now + timeout
        var bytes: [UInt8] = []
        var isOpen = true
        while true {
            // Asked first: what it printed before it ended is in the pipe.
            let isRunning = status(of: process) == nil
            guard ContinuousClock.now < deadline else {
                throw .passing("\(name) gave no token: it took longer than \(timeout)")
            }
            var waiting = pollfd(fd: isOpen ? descriptor : -1, events: Int16(POLLIN), revents: 0)
            let count = unsafe poll(&waiting, 1, isRunning ? longestPollMs : 0)
            guard count > 0, isOpen else {
                guard isRunning else { return bytes }
                continue
            }
            var part = [UInt8](repeating: 0, count: 16 << 10)
            let length = unsafe part.withUnsafeMutableBytes {
                unsafe Glibc.read(descriptor, $0.baseAddress, $0.count)
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

    /// Kills a process with those that it has started: Foundation makes each the first of a group of its own.
    private static func kill(_ process: Process) {
        let id = process.processIdentifier
        guard id > 1, status(of: process) == nil else { return }
        _ = Glibc.kill(getpgid(id) == id ? -id : id, SIGKILL)
    }
}
