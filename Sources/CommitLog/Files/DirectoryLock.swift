import Glibc

/// The exclusive lock on a log directory: an open-file-description lock on its `.lock` file.
///
/// Such a lock belongs to the open file, not to the process, so a second open in the same process
/// is refused like one in another process; and it ends with the holder, however that dies.
struct DirectoryLock: ~Copyable, Sendable {
    static let fileName = ".lock"
    /// F_OFD_SETLK, which glibc's headers show only to those who define _GNU_SOURCE.
    private static let setOpenFileLock: Int32 = 37

    private let file: File

    /// Takes the lock or throws `directoryInUse`; never waits. The file holds the owner's process
    /// id as text, for the message that the next one gets.
    init(directory: String) throws(LogError) {
        let file = try File("\(directory)/\(Self.fileName)", .create)
        var request = Self.request(F_WRLCK)
        guard unsafe fcntl(file.descriptor, Self.setOpenFileLock, &request) == 0 else {
            guard errno == EAGAIN || errno == EACCES else { throw .fromErrno("fcntl", file.path) }
            let text = String(decoding: try file.bytes(at: 0, count: 16), as: UTF8.self)
            throw .directoryInUse(
                path: directory, processID: Int32(text.prefix(while: \.isNumber)))
        }
        do throws(LogError) {
            try file.truncate(to: 0)
            try file.write(Array("\(getpid())\n".utf8), at: 0)
        } catch .noSpace {
            // The id only serves the message: a full disk must not keep a log from being opened.
        }
        self.file = file
    }

    /// Unlocks by request rather than by closing: a child that is just being started holds a copy
    /// of the descriptor until its `exec`.
    deinit {
        var request = Self.request(F_UNLCK)
        unsafe _ = fcntl(file.descriptor, Self.setOpenFileLock, &request)
    }

    private static func request(_ type: Int32) -> flock {
        var request = flock()
        request.l_type = Int16(type)
        request.l_whence = Int16(SEEK_SET)
        return request
    }
}
