import Glibc

/// Signs of short memory: pages of this process that were read from a disk, and pages that the
/// machine swapped.
public struct MemoryActivity: Sendable, Equatable {
    /// Page faults of this process that waited for a disk, including those of mapped files.
    public var majorFaults: Int64
    /// Pages that the machine wrote to and read from its swap space; nil if the kernel does not
    /// report them.
    public var swappedPages: Int64?

    public static func now() -> MemoryActivity {
        var usage = rusage()
        let status = unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        precondition(status == 0)
        return MemoryActivity(
            majorFaults: Int64(usage.ru_majflt),
            swappedPages: SystemFile.read("/proc/vmstat").flatMap(swappedPages(vmstat:)))
    }

    static func swappedPages(vmstat text: String) -> Int64? {
        var sum: Int64?
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 2, words[0] == "pswpin" || words[0] == "pswpout",
                let pages = Int64(words[1])
            else { continue }
            sum = (sum ?? 0) + pages
        }
        return sum
    }
}
