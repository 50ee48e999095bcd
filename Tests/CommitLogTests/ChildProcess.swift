import Glibc

/// The executable that the crash tests kill: it stands beside the test's own.
var crashWriterPath: String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
    precondition(count > 0)
    let path = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let directory = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    return directory.joined(separator: "/") + "/CrashWriter"
}

/// A real child process, one of whose outputs the parent reads. Killed, at the latest, in `deinit`.
final class ChildProcess {
    enum Output: Int32 {
        case standardOutput = 1
        case standardError = 2
    }
    enum End: Equatable {
        case exited(Int32)
        case signalled(Int32)
    }

    private let processID: pid_t
    private let descriptor: Int32
    private var end: End?

    init(_ path: String, _ arguments: [String], capturing output: Output) throws {
        var ends: [Int32] = [0, 0]
        precondition(unsafe pipe(&ends) == 0)
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], output.rawValue)
        unsafe posix_spawn_file_actions_addclose(&actions, ends[0])
        var pointers = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
        defer { for index in unsafe pointers.indices { unsafe free(pointers[index]) } }
        var processID = pid_t()
        let result = unsafe posix_spawn(&processID, path, &actions, nil, &pointers, environ)
        _ = close(ends[1])
        precondition(result == 0, "cannot start \(path)")
        self.processID = processID
        descriptor = ends[0]
    }

    deinit {
        if end == nil {
            kill()
            wait()
        }
        _ = close(descriptor)
    }

    func kill() { _ = Glibc.kill(processID, SIGKILL) }

    /// More of the output; empty once the child has ended and everything is read.
    func read() -> [UInt8] {
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
        return Array(chunk.prefix(max(count, 0)))
    }

    func readAll() -> String {
        var bytes: [UInt8] = []
        while true {
            let more = read()
            if more.isEmpty { return String(decoding: bytes, as: UTF8.self) }
            bytes += more
        }
    }

    @discardableResult
    func wait() -> End {
        if let end { return end }
        var status: Int32 = 0
        while unsafe waitpid(processID, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        let result = signal == 0 ? End.exited((status >> 8) & 0xFF) : .signalled(signal)
        end = result
        return result
    }
}
