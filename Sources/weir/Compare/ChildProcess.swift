import Glibc
import Measurement

/// A run, or a broker, in a process of its own: this executable again, with other arguments.
///
/// It has a process group of its own, so that Ctrl-C reaches only the parent, which then closes
/// the child's lifeline. Thread contract: `letGo` and `kill` from any thread, the rest from one thread.
final class ChildProcess: Sendable {
    enum End: Equatable {
        case exited(Int32)
        case killed(signal: Int32)
    }

    struct StartError: Error, CustomStringConvertible {
        let errno: Int32
        var description: String {
            let reason = unsafe String(cString: strerror(errno))
            return "cannot start a process: \(reason)"
        }
    }

    /// The longest line of progress; the rest of a longer one counts as another line.
    private static let longestLine = 4096
    /// The descriptor of the lock that the child keeps while it lives: the first above standard
    /// error.
    private static let keptDescriptor: Int32 = 3

    private let processID: pid_t
    private let errors: Int32
    /// The writing end of the child's standard input; nil once it was closed.
    private let lifeline: CheckedMutex<Int32?>

    /// - Parameter kept: a descriptor that the child holds open for as long as it lives.
    init(_ arguments: [String], keeping kept: Int32? = nil) throws(StartError) {
        let input = try Self.pipe()
        let output: (reading: Int32, writing: Int32)
        do {
            output = try Self.pipe()
        } catch {
            Self.close([input.reading, input.writing])
            throw error
        }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, input.reading, STDIN_FILENO)
        unsafe posix_spawn_file_actions_addopen(
            &actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output.writing, STDERR_FILENO)
        if let kept { unsafe posix_spawn_file_actions_adddup2(&actions, kept, Self.keptDescriptor) }
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        unsafe posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        // The child must not inherit this process's signal handling.
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        for signal in Interrupts.signals { unsafe sigaddset(&signals, signal) }
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        var pointers = unsafe (["weir"] + arguments).map { unsafe strdup($0) } + [nil]
        defer { for index in unsafe pointers.indices { unsafe free(pointers[index]) } }
        var processID = pid_t()
        let status = unsafe posix_spawn(
            &processID, "/proc/self/exe", &actions, &attributes, &pointers, environ)
        Self.close([input.reading, output.writing])
        guard status == 0 else {
            Self.close([input.writing, output.reading])
            throw StartError(errno: status)
        }
        self.processID = processID
        errors = output.reading
        lifeline = CheckedMutex(input.writing)
    }

    deinit {
        letGo()
        Self.close([errors])
    }

    /// Makes the child end its run. The child does so by itself if this process dies.
    func letGo() {
        lifeline.withLock { descriptor in
            if let open = descriptor { Self.close([open]) }
            descriptor = nil
        }
    }

    /// Ends the child at once.
    func kill() { _ = Glibc.kill(processID, SIGKILL) }

    /// Passes on each line that the child writes to standard error, until it closes that, and waits
    /// for the child to end.
    func end(_ take: (String) -> Void) -> End {
        var line: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe read(errors, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            for byte in chunk[..<count] {
                if byte != UInt8(ascii: "\n") { line.append(byte) }
                if byte == UInt8(ascii: "\n") || line.count == Self.longestLine {
                    if !line.isEmpty { take(String(decoding: line, as: UTF8.self)) }
                    line.removeAll(keepingCapacity: true)
                }
            }
        }
        if !line.isEmpty { take(String(decoding: line, as: UTF8.self)) }
        var status: Int32 = 0
        while unsafe waitpid(processID, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        return signal == 0 ? .exited((status >> 8) & 0xFF) : .killed(signal: signal)
    }

    /// Both ends are close-on-exec: a copy in another child would keep the pipe open.
    private static func pipe() throws(StartError) -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [0, 0]
        guard unsafe Glibc.pipe(&ends) == 0 else { throw StartError(errno: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    private static func close(_ descriptors: [Int32]) {
        for descriptor in descriptors { _ = Glibc.close(descriptor) }
    }
}
