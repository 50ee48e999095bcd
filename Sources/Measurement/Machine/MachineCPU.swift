/// The machine's CPU time since boot, over all cores, in the kernel's ticks (`/proc/stat`).
public struct MachineCPU: Sendable, Equatable {
    /// Ticks in which some work ran: user, nice, system, irq, softirq.
    public var busyTicks: UInt64
    /// Idle ticks, also those that waited for a disk.
    public var idleTicks: UInt64
    /// Ticks in which this machine wanted to run and the hypervisor ran another one.
    public var stealTicks: UInt64

    /// Nil if there is no `/proc/stat`.
    public static func now() -> MachineCPU? {
        SystemFile.read("/proc/stat").flatMap(MachineCPU.init(procStat:))
    }

    /// Reads the first line: `cpu user nice system idle iowait irq softirq steal …`.
    init?(procStat text: String) {
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("cpu ") })
        else { return nil }
        let ticks = line.split(separator: " ").dropFirst().compactMap { UInt64($0) }
        guard ticks.count >= 8 else { return nil }
        busyTicks = ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6]
        idleTicks = ticks[3] + ticks[4]
        stealTicks = ticks[7]
    }

    /// The share of the machine's time since `earlier` that the hypervisor took, 0…100; nil if
    /// no tick has passed.
    public func stealPercent(since earlier: MachineCPU) -> Double? {
        percent(of: stealTicks, since: earlier.stealTicks, earlier)
    }

    /// The share of all cores' time since `earlier` in which work ran, 0…100.
    public func busyPercent(since earlier: MachineCPU) -> Double? {
        percent(of: busyTicks, since: earlier.busyTicks, earlier)
    }

    private func percent(of now: UInt64, since then: UInt64, _ earlier: MachineCPU) -> Double? {
        let total = busyTicks + idleTicks + stealTicks
        let before = earlier.busyTicks + earlier.idleTicks + earlier.stealTicks
        // The kernel's idle count has been seen to step back by a tick or two.
        guard total > before, now >= then else { return nil }
        return 100 * Double(now - then) / Double(total - before)
    }
}
