import Glibc

extension LogDirectory {
    /// The directory's path from the root; as it was given where the system cannot say.
    public var absolutePath: String {
        guard let resolved = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }

    /// The bytes of the filesystem that the directory is on, and those of them that are free for
    /// it; nil where the system cannot say. May wait for the filesystem.
    public var volumeSpace: (totalBytes: Int64, usableBytes: Int64)? {
        var space = statvfs()
        guard unsafe statvfs(path, &space) == 0 else { return nil }
        let (total, hasOverflowed) = UInt64(space.f_blocks).multipliedReportingOverflow(
            by: UInt64(space.f_frsize))
        guard !hasOverflowed, space.f_bavail <= space.f_blocks else { return nil }
        let usable = UInt64(space.f_bavail) * UInt64(space.f_frsize)
        return (Int64(clamping: total), Int64(clamping: usable))
    }
}
