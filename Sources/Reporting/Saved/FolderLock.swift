import Glibc

/// Says that a process is at work in a folder: an exclusive lock of the open directory, which is free again
/// when the process is gone, however it ended. It leaves no file behind.
///
/// Thread contract: safe from any thread.
public final class FolderLock: Sendable {
    /// Whoever inherits the descriptor holds the lock, too.
    public let descriptor: Int32

    private static let pollMicroseconds: UInt32 = 20_000

    /// Nil where another process holds the lock, or the filesystem has none.
    ///
    /// - Parameter patienceSeconds: so long it may be waited for. A moment, by default: whoever looks
    ///   whether a folder is in use holds the lock for as long as that takes.
    public init?(_ folder: String, patienceSeconds: Double = 0.2) {
        descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        var waited = 0.0
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            // What was initialised is closed by deinit, even here.
            guard errno == EWOULDBLOCK, waited < patienceSeconds else { return nil }
            usleep(Self.pollMicroseconds)
            waited += Double(Self.pollMicroseconds) / 1e6
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Whether nobody is at work in a folder, as far as can be told.
    static func isFree(_ folder: String) -> Bool {
        let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        // Nobody is at work in what is not there.
        guard descriptor >= 0 else { return errno == ENOENT }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) == 0
    }
}
