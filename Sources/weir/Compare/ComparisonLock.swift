import Glibc

/// Keeps a second `weir compare` out of a folder while one is at work in it, or a run of one.
///
/// The lock belongs to the open directory, which each run's process holds, too: it is free when all
/// of them are gone, however they ended.
final class ComparisonLock: Sendable {
    let descriptor: Int32

    struct InUse: Error, CustomStringConvertible {
        let path: String
        var description: String {
            "\(path): another weir compare is at work in this folder; wait for it, or end it"
        }
    }

    /// A run whose comparison was killed takes a moment to notice.
    private static let patienceSeconds = 15.0
    private static let pollMicroseconds: UInt32 = 50_000

    init(folder: String) throws(InUse) {
        let opened = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard opened >= 0 else { throw InUse(path: folder) }
        descriptor = opened
        var waited = 0.0
        while flock(opened, LOCK_EX | LOCK_NB) != 0 {
            // What was initialised is closed by deinit, even here.
            guard waited < Self.patienceSeconds else { throw InUse(path: folder) }
            usleep(Self.pollMicroseconds)
            waited += Double(Self.pollMicroseconds) / 1e6
        }
    }

    deinit { close(descriptor) }
}
