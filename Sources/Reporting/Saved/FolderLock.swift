import Glibc

/// Marks a folder as in use, by an exclusive lock of the open directory. The lock ends with the
/// process, and leaves no file.
///
/// Thread contract: safe from any thread.
public final class FolderLock: Sendable {
    /// A process that inherits the descriptor holds the lock, too.
    public let descriptor: Int32

    private static let pollMicroseconds: UInt32 = 20_000

    /// Nil if another process holds the lock, or the filesystem has none.
    ///
    /// - Parameter patienceSeconds: how long to wait for it; by default a moment, because a process
    ///   that checks whether a folder is in use holds the lock while it does.
    public init?(_ folder: String, patienceSeconds: Double = 0.2) {
        descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        var waited = 0.0
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            // `deinit` closes what was initialised, also here.
            guard errno == EWOULDBLOCK, waited < patienceSeconds else { return nil }
            usleep(Self.pollMicroseconds)
            waited += Double(Self.pollMicroseconds) / 1e6
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Whether no process holds the lock; false if that is unknown.
    static func isFree(_ folder: String) -> Bool {
        let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        // A folder that does not exist is not in use.
        guard descriptor >= 0 else { return errno == ENOENT }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) == 0
    }
}
