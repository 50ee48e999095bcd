import Reporting

/// Prevents a second `weir compare` from using a folder while one, or one of its runs, is at work
/// in it.
///
/// Each run's process holds the lock, too, so it is free only when all of them have ended.
final class ComparisonLock: Sendable {
    private let lock: FolderLock
    var descriptor: Int32 { lock.descriptor }

    struct InUse: Error, CustomStringConvertible {
        let path: String
        var description: String {
            "\(path): another weir compare is at work in this folder; wait for it, or end it"
        }
    }

    /// A run whose comparison was killed takes a moment to notice.
    private static let patienceSeconds = 15.0

    /// The process that made the folder holds its lock already.
    init(_ folder: ComparisonFolder) throws(InUse) {
        let lock =
            folder.lock ?? FolderLock(folder.path, patienceSeconds: Self.patienceSeconds)
        guard let lock else { throw InUse(path: folder.path) }
        self.lock = lock
    }
}
