import Glibc

// The directory and name operations of the file layer. All are control plane.

/// Creates a directory and, where they are missing, its parents; makes the new entries durable
/// unless the caller does so for many at once.
func createDirectory(_ path: String, isDurable: Bool = true) throws(LogError) {
    if unsafe mkdir(path, 0o755) == 0 {
        if isDurable { try synchronizeDirectory(parentDirectory(of: path)) }
        return
    }
    switch errno {
    case EEXIST:
        return
    case ENOENT where parentDirectory(of: path) != path:
        try createDirectory(parentDirectory(of: path))
        try createDirectory(path)
    default:
        throw .fromErrno("mkdir", path)
    }
}

/// Makes a directory, whose entry is not durable yet; false where it exists already.
func makeDirectory(_ path: String) throws(LogError) -> Bool {
    if unsafe mkdir(path, 0o755) == 0 { return true }
    guard errno == EEXIST else { throw .fromErrno("mkdir", path) }
    return false
}

func parentDirectory(of path: String) -> String {
    var characters = Substring(path)
    while characters.count > 1, characters.last == "/" { characters.removeLast() }
    guard let slash = characters.lastIndex(of: "/") else { return "." }
    let parent = characters[..<slash]
    return parent.isEmpty ? "/" : String(parent)
}

/// Makes the creation, renaming and removal of the directory's entries durable.
func synchronizeDirectory(_ path: String) throws(LogError) {
    let directory = try File(path, directory: ())
    try directory.synchronize()
}

extension File {
    /// A directory opened for `synchronize()`.
    init(_ path: String, directory: Void) throws(LogError) {
        descriptor = try openDescriptor(path, flags: O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        self.path = path
    }
}

/// One name in a directory.
struct DirectoryEntry {
    var name: String
    var isDirectory: Bool
}

/// The entries of a directory, sorted by name, without `.` and `..`.
func directoryEntries(_ path: String) throws(LogError) -> [DirectoryEntry] {
    guard let stream = unsafe opendir(path) else { throw .fromErrno("opendir", path) }
    defer { unsafe _ = closedir(stream) }
    var entries: [DirectoryEntry] = []
    while true {
        errno = 0
        guard let entry = unsafe readdir(stream) else {
            if errno != 0 { throw .fromErrno("readdir", path) }
            break
        }
        let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
            unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) {
                unsafe String(cString: $0)
            }
        }
        if name == "." || name == ".." { continue }
        // Some filesystems do not fill in d_type.
        let type = unsafe Int(entry.pointee.d_type)
        let isDirectory =
            type == Int(DT_DIR) || (type == Int(DT_UNKNOWN) && isDirectoryOnDisk("\(path)/\(name)"))
        entries.append(DirectoryEntry(name: name, isDirectory: isDirectory))
    }
    return entries.sorted { $0.name < $1.name }
}

private func isDirectoryOnDisk(_ path: String) -> Bool {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return false }
    return status.st_mode & S_IFMT == S_IFDIR
}

/// The status of a file, nil where there is none.
func fileStatus(_ path: String) throws(LogError) -> FileStatus? {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
        if errno == ENOENT { return nil }
        throw .fromErrno("stat", path)
    }
    return FileStatus(status)
}

/// Told before each change of a name: for tests that crash there.
enum NameChanges {
    @TaskLocal static var observer: (@Sendable () -> Void)?
}

func renameFile(_ source: String, to target: String) throws(LogError) {
    NameChanges.observer?()
    guard unsafe rename(source, target) == 0 else { throw .fromErrno("rename", source) }
}

/// Gives a file a second name; false where the filesystem has no such thing.
func linkFile(_ path: String, to other: String) throws(LogError) -> Bool {
    NameChanges.observer?()
    if unsafe link(path, other) == 0 { return true }
    guard errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS else {
        throw .fromErrno("link", path)
    }
    return false
}

/// Removes a file; one that is not there is no error.
func removeFile(_ path: String) throws(LogError) {
    NameChanges.observer?()
    guard unsafe unlink(path) == 0 || errno == ENOENT else { throw .fromErrno("unlink", path) }
}

/// Removes a directory and everything in it.
func removeDirectoryTree(_ path: String) throws(LogError) {
    for entry in try directoryEntries(path) {
        if entry.isDirectory {
            try removeDirectoryTree("\(path)/\(entry.name)")
        } else {
            try removeFile("\(path)/\(entry.name)")
        }
    }
    guard unsafe rmdir(path) == 0 || errno == ENOENT else { throw .fromErrno("rmdir", path) }
}

/// Raises the limit of open descriptors: ten thousand partitions have ten thousand active segments.
/// A process that may raises the hard limit too. A refusal is no error here; the `open` that fails
/// later says so.
func raiseDescriptorLimit() {
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var limit = rlimit()
    guard unsafe getrlimit(resource, &limit) == 0 else { return }
    let wanted = rlim_t(wantedDescriptorCount)
    if limit.rlim_max < wanted {
        var raised = rlimit(rlim_cur: wanted, rlim_max: wanted)
        if unsafe setrlimit(resource, &raised) == 0 { return }
    }
    limit.rlim_cur = limit.rlim_max
    unsafe _ = setrlimit(resource, &limit)
}

/// Enough for many times ten thousand partitions, and no more than Linux admits by default.
private let wantedDescriptorCount = 1 << 20
