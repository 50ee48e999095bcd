/// Whether the machine is quiet enough to measure on, and waiting until it is.
public struct QuietMachine: Sendable {
    /// The length of one observation of the machine.
    public static let lookNanos: Int64 = 1_000_000_000
    /// How many observations in a row must find nothing.
    private static let quietLooks = 2

    private let device: String?

    /// - Parameter directory: where the log will be; its disk is watched.
    public init(directory: String) {
        device = Mount.holding(directory)?.device
    }

    /// What disturbs the machine now, from one second of observation while this process is idle.
    public func look() -> [String] {
        let before = MachineReading.now(threads: [], device: device)
        SystemPacingClock().sleep(until: MonotonicClock.now() + Self.lookNanos)
        let after = MachineReading.now(threads: [], device: device)
        return Self.disturbances(MachineConditions(from: before, to: after))
    }

    /// Waits until nothing has disturbed the machine for two seconds.
    ///
    /// - Parameters:
    ///   - seconds: the longest wait.
    ///   - isCancelled: asked once a second.
    ///   - report: gets what disturbs the machine, each time that it changes.
    /// - Returns: whether the machine became quiet.
    public func wait(
        upTo seconds: Double, isCancelled: () -> Bool, report: (String) -> Void
    ) -> Bool {
        let deadline = MonotonicClock.now() + Int64(min(seconds, 1e9) * 1e9)
        var (quiet, told) = (0, "")
        while quiet < Self.quietLooks {
            let found = look()
            quiet = found.isEmpty ? quiet + 1 : 0
            let text = found.joined(separator: "; ")
            if !found.isEmpty, text != told { report(text) }
            told = text
            if isCancelled() || MonotonicClock.now() >= deadline { break }
        }
        return quiet >= Self.quietLooks
    }

    /// What would disturb a run under these conditions.
    static func disturbances(_ conditions: MachineConditions) -> [String] {
        var found: [String] = []
        func percent(_ value: Double?, above limit: Double) -> Int? {
            value.flatMap { $0 > limit ? Int($0.rounded()) : nil }
        }
        if let share = percent(conditions.stealPercent, above: Disturbance.stealLimitPercent) {
            found.append("the hypervisor takes \(share) % of the CPU")
        }
        if let share = percent(
            conditions.throttledPercent, above: Disturbance.throttledLimitPercent)
        {
            found.append("a CPU quota stops this process in \(share) % of its periods")
        }
        if let share = percent(conditions.otherCPUPercent, above: Disturbance.otherCPULimitPercent)
        {
            let busiest = conditions.busiestPrograms.first.map { ", most of it \($0)" } ?? ""
            found.append("other programs use \(share) % of the CPU\(busiest)")
        }
        if let share = percent(
            conditions.memoryPressurePercent, above: Disturbance.memoryPressureLimitPercent)
        {
            found.append("tasks wait for memory for \(share) % of the time")
        }
        if let pages = conditions.swappedPages, pages > 0 { found.append("the machine swaps") }
        if let share = percent(
            conditions.ioPressurePercent, above: Disturbance.ioPressureLimitPercent)
        {
            found.append("tasks wait for a disk for \(share) % of the time")
        }
        return found
    }
}
