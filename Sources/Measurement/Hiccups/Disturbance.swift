/// The limits above which the machine, and not the target, explains a run's figures.
public enum Disturbance {
    /// A single longer stall disturbs every percentile that is quoted.
    public static let hiccupLimitNanos: Int64 = 100_000_000
    /// Steal is CPU time that the hypervisor gave to others.
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

    /// The limits in words, each continuing “the machine disturbed a run where”.
    public static let rules: [String] = [
        "it stalled for more than \(hiccupLimitNanos / 1_000_000) ms at once",
        "its hypervisor took more than \(percent(stealLimitPercent)) of the CPU time "
            + "(cpu_steal_percent)",
        "a CPU quota stopped the run in more than \(percent(throttledLimitPercent)) of the quota's "
            + "periods (cpu_throttled_percent)",
        "other programs used more than \(percent(otherCPULimitPercent)) of all cores' time "
            + "(other_cpu_percent), and the load's threads waited for a core for more than "
            + "\(percent(coreWaitLimitPercent)) of the time in which they could have run "
            + "(core_wait_percent)",
        "another Weir used more than \(percent(otherCPULimitPercent)) of a core",
        "tasks waited for memory for more than \(percent(memoryPressureLimitPercent)) of the time "
            + "(memory_pressure_percent), or anything was swapped (swapped_pages)",
        "others wrote more than \(otherDiskLimitBytes >> 20) MiB to the disk of the log "
            + "(other_disk_bytes), while tasks waited for a disk for more than "
            + "\(percent(ioPressureLimitPercent)) of the time (io_pressure_percent)",
        "the wall clock was moved by more than \(clockStepLimitNanos / 1_000_000) ms and "
            + "\(Int(clockSlewLimit * 1e6)) ppm of the run's time (clock_step_ms)",
    ]

    private static func percent(_ limit: Double) -> String { "\(Int(limit)) %" }
}
