import Foundation
import Glibc

/// A folder that a command makes for its own use and removes at its end, such as a run's log.
///
/// A marker file in it is locked while the command lives. So the folder of a killed command is
/// recognised, and a user's folder or one in use is not taken for it.
///
/// Thread contract: safe from any thread.
public final class ScratchFolder: Sendable {
    static let markerName = ".weir-temporary"

    public let path: String
    private let marker: Int32

    /// Other threads may still write to the folder while it is removed.
    private static let removalAttempts = 5

    /// Makes the folder, which must not exist.
    public init(creating path: String) throws(ReportingError) {
        self.path = path
        guard unsafe mkdir(path, 0o755) == 0 else {
            throw .inputOutput(operation: "create", path: path, errno: errno)
        }
        let file = path + "/" + Self.markerName
        marker = unsafe open(file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard marker >= 0 else {
            throw .inputOutput(operation: "create", path: file, errno: errno)
        }
        // If the filesystem has no locks, every folder counts as in use.
        _ = flock(marker, LOCK_EX | LOCK_NB)
        let text =
            "\(getpid())\nMade by weir for one run, which removes it; weir clean does, too.\n"
        // An error is ignored: later writes report a full disk.
        _ = unsafe text.utf8CString.withUnsafeBytes { bytes in
            unsafe write(marker, bytes.baseAddress, bytes.count - 1)
        }
    }

    /// A folder that an ended command left; nil for any other.
    init?(leftAt path: String) {
        self.path = path
        marker = unsafe open(path + "/" + Self.markerName, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        guard marker >= 0, flock(marker, LOCK_EX | LOCK_NB) == 0 else { return nil }
    }

    deinit {
        if marker >= 0 { close(marker) }
    }

    /// Removes the folder with its contents. The marker goes last, so that the rest of an
    /// interrupted removal is still recognised.
    public func remove() throws(ReportingError) {
        var attempt = 1
        while true {
            for name in Self.names(in: path) where name != Self.markerName {
                try? FileManager.default.removeItem(atPath: path + "/" + name)
            }
            if Self.names(in: path).allSatisfy({ $0 == Self.markerName }) {
                _ = unsafe unlink(path + "/" + Self.markerName)
                if unsafe rmdir(path) == 0 || errno == ENOENT { return }
            }
            guard attempt < Self.removalAttempts else {
                throw .inputOutput(operation: "remove", path: path, errno: errno)
            }
            attempt += 1
        }
    }

    /// Removes the marker, because a profile names the folder as a log to keep.
    public static func adopt(_ path: String) {
        guard let left = ScratchFolder(leftAt: path) else { return }
        _ = unsafe unlink(left.path + "/" + markerName)
    }

    /// Whether the folder at a path is a temporary one, in use or not.
    static func isMarked(_ path: String) -> Bool {
        unsafe access(path + "/" + markerName, F_OK) == 0
    }

    /// The process that made the folder at a path; nil if that cannot be read.
    static func maker(of path: String) -> Int32? {
        let text = try? String(contentsOfFile: path + "/" + markerName, encoding: .utf8)
        return text.flatMap { Int32($0.prefix(while: \.isNumber)) }
    }

    private static func names(in path: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    }
}
