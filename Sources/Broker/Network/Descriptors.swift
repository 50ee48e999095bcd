import Glibc

/// The file descriptors of this process.
enum Descriptors {
    /// The share of the free ones that is left to files: segments that are opened later.
    private static let keptForFilesDivisor = 4

    /// How many there may be: `ulimit -n`.
    static var limit: Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return .max
        }
        return Int(clamping: limit.rlim_cur)
    }

    /// How many are open; 0 where nobody can tell, as without /proc.
    private static var openCount: Int {
        guard let entries = unsafe opendir("/proc/self/fd") else { return 0 }
        defer { unsafe _ = closedir(entries) }
        // Two names and the descriptor of this look are none of them.
        var count = -3
        while unsafe readdir(entries) != nil { count += 1 }
        return max(count, 0)
    }

    /// So many connections there can be beside the files that are open now.
    static var connectionLimit: Int {
        let free = max(limit - openCount, 0)
        return max(1, free - free / keptForFilesDivisor)
    }
}
