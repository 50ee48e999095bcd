/// How long tasks of the machine have waited for a resource since boot: the kernel's pressure stall
/// information (`/proc/pressure/*`, Linux 4.20), the line `some`.
///
/// Waits of this process are included; `ThreadWaits` has those of its own threads.
public struct PressureStalls: Sendable, Equatable {
    public var cpuNanos: Int64?
    public var memoryNanos: Int64?
    public var ioNanos: Int64?

    public static func now() -> PressureStalls {
        PressureStalls(
            cpuNanos: total("cpu", SystemFile.read), memoryNanos: total("memory", SystemFile.read),
            ioNanos: total("io", SystemFile.read))
    }

    /// `some avg10=0.00 avg60=0.00 avg300=0.00 total=123`, in microseconds.
    static func total(_ resource: String, _ read: (String) -> String?) -> Int64? {
        guard let text = read("/proc/pressure/\(resource)") else { return nil }
        for line in text.split(separator: "\n") where line.hasPrefix("some ") {
            for word in line.split(separator: " ") where word.hasPrefix("total=") {
                return Int64(word.dropFirst("total=".count)).map { $0 * 1_000 }
            }
        }
        return nil
    }
}
