import Glibc

/// An open file: a descriptor that is closed in `deinit`, with its path for the errors.
///
/// Every call continues after EINTR and after short transfers. Positions and counts are bytes.
/// Thread contract: all calls are positional, so any number of threads may use one `File`.
struct File: ~Copyable, Sendable {
    enum Mode {
        /// Read only; the file must exist.
        case read
        /// Read and write; the file must exist.
        case update
        /// Read and write; created where it is missing.
        case create
        /// Read and write, created or emptied.
        case replace
        /// The same, for what only the owner may read; the file must not exist.
        case createPrivate

        var flags: Int32 {
            switch self {
            case .read: O_RDONLY
            case .update: O_RDWR
            case .create: O_RDWR | O_CREAT
            case .replace: O_RDWR | O_CREAT | O_TRUNC
            case .createPrivate: O_RDWR | O_CREAT | O_EXCL
            }
        }

        var permissions: mode_t { self == .createPrivate ? 0o600 : 0o644 }
    }

    let descriptor: Int32
    let path: String

    init(_ path: String, _ mode: Mode) throws(LogError) {
        descriptor = try openDescriptor(
            path, flags: mode.flags | O_CLOEXEC, permissions: mode.permissions)
        self.path = path
    }

    deinit {
        _ = close(descriptor)
    }

    /// The size of the file.
    func byteCount() throws(LogError) -> Int {
        try status().byteCount
    }

    func status() throws(LogError) -> FileStatus {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .fromErrno("fstat", path) }
        return FileStatus(status)
    }

    /// Fills `buffer` from `position`; returns fewer bytes than asked only at the end of the file.
    @discardableResult
    func read(into buffer: UnsafeMutableRawBufferPointer, at position: Int) throws(LogError) -> Int
    {
        guard let start = buffer.baseAddress else { return 0 }
        var done = 0
        while done < buffer.count {
            let count = unsafe pread(descriptor, start + done, buffer.count - done, position + done)
            if count > 0 {
                done += count
            } else if count == 0 {
                break
            } else if errno != EINTR {
                throw .fromErrno("pread", path)
            }
        }
        return done
    }

    /// Writes all of `buffer` at `position`. After an error any part of it may have been written.
    func write(_ buffer: UnsafeRawBufferPointer, at position: Int) throws(LogError) {
        guard let start = buffer.baseAddress else { return }
        var done = 0
        while done < buffer.count {
            let count = unsafe pwrite(
                descriptor, start + done, buffer.count - done, position + done)
            if count > 0 {
                done += count
            } else if count == 0 {
                throw .systemError("pwrite", path, code: EIO)
            } else if errno != EINTR {
                throw .fromErrno("pwrite", path)
            }
        }
    }

    func truncate(to byteCount: Int) throws(LogError) {
        while ftruncate(descriptor, byteCount) != 0 {
            if errno != EINTR { throw .fromErrno("ftruncate", path) }
        }
    }

    /// Makes the bytes, and the size needed to read them, durable.
    func synchronizeData() throws(LogError) {
        while fdatasync(descriptor) != 0 {
            if errno != EINTR { throw .fromErrno("fdatasync", path) }
        }
    }

    /// Sets the time of the last change, in milliseconds since 1970.
    func setModifiedTime(ms: Int64) throws(LogError) {
        let time = timespec(tv_sec: Int(ms / 1000), tv_nsec: Int(ms % 1000) * 1_000_000)
        let result = unsafe [time, time].withUnsafeBufferPointer {
            unsafe futimens(descriptor, $0.baseAddress)
        }
        guard result == 0 else { throw .fromErrno("futimens", path) }
    }

    /// Makes bytes and metadata durable; for a directory, its entries.
    func synchronize() throws(LogError) {
        while fsync(descriptor) != 0 {
            if errno != EINTR { throw .fromErrno("fsync", path) }
        }
    }
}

/// What the log needs to know of a file without opening it.
struct FileStatus {
    var byteCount: Int
    /// On the disk: whole blocks, without holes, and with what is taken behind the end.
    var allocatedByteCount: Int
    var modifiedMs: Int64

    init(_ status: stat) {
        byteCount = status.st_size
        allocatedByteCount = Int(status.st_blocks) * 512
        modifiedMs =
            Int64(status.st_mtim.tv_sec) * 1000
            + Int64(status.st_mtim.tv_nsec) / 1_000_000
    }
}

func openDescriptor(
    _ path: String, flags: Int32, permissions: mode_t = 0o644
) throws(LogError) -> Int32 {
    while true {
        let descriptor = unsafe open(path, flags, permissions)
        if descriptor >= 0 { return descriptor }
        if errno != EINTR { throw .fromErrno("open", path) }
    }
}
