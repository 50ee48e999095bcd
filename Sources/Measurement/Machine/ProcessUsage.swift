import Glibc

/// Resources that this process has used: CPU since its start, and memory now.
///
/// Any thread may take a reading; one costs about 150 µs, so once an interval, not once a batch.
public struct ProcessUsage: Sendable, Equatable {
    public var userNanos: Int64
    public var systemNanos: Int64
    /// Resident memory now; nil if the kernel does not report it.
    public var residentBytes: Int64?
    /// The part of it that is heap and stacks …
    public var anonymousBytes: Int64?
    /// … and the part that is mapped files, such as segments that consumers read; the kernel
    /// reclaims it when memory is short.
    public var fileBytes: Int64?
    /// The highest resident memory so far.
    public var peakResidentBytes: Int64?

    public var cpuNanos: Int64 { userNanos + systemNanos }

    public static func now() -> ProcessUsage {
        var usage = rusage()
        // It fails only for a bad argument.
        let status = unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        precondition(status == 0)
        let memory = SystemFile.read("/proc/self/status") ?? ""
        return ProcessUsage(
            userNanos: nanoseconds(usage.ru_utime), systemNanos: nanoseconds(usage.ru_stime),
            residentBytes: residentBytes(),
            anonymousBytes: SystemFile.byteCount("RssAnon", in: memory),
            fileBytes: SystemFile.byteCount("RssFile", in: memory),
            peakResidentBytes: SystemFile.byteCount("VmHWM", in: memory))
    }

    private static func residentBytes() -> Int64? {
        guard let fields = SystemFile.read("/proc/self/statm")?.split(separator: " "),
            fields.count > 1, let pages = Int64(fields[1])
        else { return nil }
        return pages * Int64(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static func nanoseconds(_ time: timeval) -> Int64 {
        Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_usec) * 1_000
    }
}
