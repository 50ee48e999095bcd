/// The limits of this process's control group (a container, a systemd unit, a batch job), and their
/// effect. Version 1 and version 2 of the kernel's interface (cgroups(7)).
///
/// A group has its own limits and those of the groups above it; the tightest counts.
public struct ControlGroup: Sendable, Equatable {
    /// Cores' worth of CPU time; nil without a quota.
    public var cpuQuotaCores: Double?
    /// Nil without a limit.
    public var memoryLimitBytes: Int64?
    /// Periods of the quota in which the group ran, and those in which it was stopped because it
    /// had used up the quota; nil if the kernel does not report them.
    public var throttling: Throttling?

    public struct Throttling: Sendable, Equatable {
        public var periods: UInt64
        public var throttledPeriods: UInt64

        /// The share of the periods since `earlier` in which the group was stopped, 0…100; nil if
        /// no period has passed, for instance without a quota.
        public func percent(since earlier: Throttling) -> Double? {
            guard periods > earlier.periods, throttledPeriods >= earlier.throttledPeriods else {
                return nil
            }
            return 100 * Double(throttledPeriods - earlier.throttledPeriods)
                / Double(periods - earlier.periods)
        }
    }

    /// The limits of this process's groups now.
    public static func now() -> ControlGroup {
        guard let groups = SystemFile.read("/proc/self/cgroup"),
            let mounts = SystemFile.read("/proc/self/mountinfo")
        else { return ControlGroup() }
        var group = ControlGroup()
        for directory in directories(groups: groups, mounts: mounts) {
            group.tighten(by: directory, reading: SystemFile.read)
        }
        return group
    }

    init() {}

    /// Adds the limits of one group, by its directory.
    mutating func tighten(by directory: String, reading read: (String) -> String?) {
        func number(_ name: String) -> Int64? {
            read("\(directory)/\(name)").flatMap { Int64($0.filter { !$0.isWhitespace }) }
        }
        var cores: Double?
        if let words = read("\(directory)/cpu.max")?.split(whereSeparator: \.isWhitespace),
            words.count == 2, let quota = Double(words[0]), let period = Double(words[1]),
            period > 0
        {
            cores = quota / period
        } else if let quota = number("cpu.cfs_quota_us"), quota > 0,
            let period = number("cpu.cfs_period_us"), period > 0
        {
            cores = Double(quota) / Double(period)
        }
        if let cores { cpuQuotaCores = min(cores, cpuQuotaCores ?? cores) }
        if let limit = number("memory.max") ?? number("memory.limit_in_bytes"),
            limit < Self.unlimitedBytes
        {
            memoryLimitBytes = min(limit, memoryLimitBytes ?? limit)
        }
        guard cores != nil, let text = read("\(directory)/cpu.stat"),
            let periods = Self.count("nr_periods", in: text),
            let throttled = Self.count("nr_throttled", in: text)
        else { return }
        // Of several groups with a quota, the one that stops the process most.
        if throttled >= throttling?.throttledPeriods ?? 0 {
            throttling = Throttling(periods: periods, throttledPeriods: throttled)
        }
    }

    /// Without a limit, version 1 writes the largest number of pages.
    private static let unlimitedBytes: Int64 = 1 << 60

    private static func count(_ name: String, in text: String) -> UInt64? {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 2, words[0] == name { return UInt64(words[1]) }
        }
        return nil
    }

    /// The directories of this process's groups for CPU time and memory, and of those above them.
    ///
    /// - Parameters:
    ///   - groups: `/proc/self/cgroup`, lines of `number:controllers:path`.
    ///   - mounts: `/proc/self/mountinfo`.
    static func directories(groups: String, mounts: String) -> [String] {
        var directories: [String] = []
        for line in groups.split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let controllers = fields[1].split(separator: ",")
            let isVersion2 = fields[0] == "0" && controllers.isEmpty
            guard isVersion2 || controllers.contains("cpu") || controllers.contains("memory") else {
                continue
            }
            for mount in mounts.split(separator: "\n") {
                guard let place = GroupMount(mount, isVersion2: isVersion2, controllers) else {
                    continue
                }
                directories += place.directories(of: String(fields[2]))
            }
        }
        return directories
    }
}

/// Where the tree of a control group's controllers is mounted.
private struct GroupMount {
    let mountPoint: String
    /// The group that stands at the mount point: in a container often the process's own.
    let root: String

    init?(_ line: Substring, isVersion2: Bool, _ controllers: [Substring]) {
        let fields = line.split(separator: " ")
        guard fields.count >= 10, let dash = fields[6...].firstIndex(of: "-"),
            fields.count > dash + 3
        else { return nil }
        let (filesystem, options) = (fields[dash + 1], fields[dash + 3].split(separator: ","))
        let isWanted =
            isVersion2
            ? filesystem == "cgroup2"
            : filesystem == "cgroup" && controllers.contains { options.contains($0) }
        guard isWanted else { return nil }
        root = String(fields[3])
        mountPoint = String(fields[4])
    }

    /// The directories of a group and of those above it, as far as they are mounted.
    func directories(of path: String) -> [String] {
        var rest = path
        if root != "/", rest == root || rest.hasPrefix(root + "/") {
            rest = String(rest.dropFirst(root.count))
        }
        var directories = [mountPoint]
        for name in rest.split(separator: "/") where name != ".." {
            directories.append(directories[directories.count - 1] + "/" + name)
        }
        return directories
    }
}
