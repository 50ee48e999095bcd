/// The limits from which on the machine, and not the target, explains a run's figures.
public enum Disturbance {
    /// A single longer stall disturbs any percentile that one would quote.
    public static let hiccupLimitNanos: Int64 = 100_000_000
    /// Steal is CPU time that the hypervisor gave to somebody else.
    public static let stealLimitPercent = 5.0
    /// Share of the periods of a CPU quota in which the process was stopped.
    public static let throttledLimitPercent = 5.0
    /// Other programs below this share of all cores' time do not matter …
    public static let otherCPULimitPercent = 5.0
    /// … and above it only if the load's threads had to wait for a core.
    public static let coreWaitLimitPercent = 5.0
    /// Time in which some task waited for memory to be freed or read back.
    public static let memoryPressureLimitPercent = 5.0
    /// Time in which some task waited for a disk, if others wrote to it as well.
    public static let ioPressureLimitPercent = 5.0
    public static let otherDiskLimitBytes: Int64 = 64 << 20
    /// A time service slews a clock by at most 500 ppm; more is a step.
    public static let clockSlewLimit = 500e-6
    public static let clockStepLimitNanos: Int64 = 1_000_000
    /// If the machine's own lateness at a percentile is this share of a latency's percentile, the
    /// machine dominates that percentile.
    public static let shareOfPercentile = 0.5
}
