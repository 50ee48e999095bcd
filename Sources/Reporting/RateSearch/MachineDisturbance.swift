import Measurement

/// A disturbance of the machine during a failed run that is large enough to explain the failure.
///
/// The limits are the verdict's own, and one that depends on the bound: a machine that stalls for
/// half of a latency bound can break that bound by itself.
public enum MachineDisturbance: Sendable, Equatable {
    /// It stalled once for this long.
    case stall(milliseconds: Double)
    /// For a hundredth of the time it was at least this late, which is half of the bound.
    case lateness(milliseconds: Double, bound: String)
    /// A share, 0…1, of the CPU time went to other virtual machines.
    case steal(share: Double)
    /// A CPU quota stopped the run in this share of its periods.
    case quota(share: Double)
    /// Other programs used a share of the CPU time, and the run's threads waited for a core for
    /// another.
    case otherPrograms(share: Double, waited: Double)

    /// The share of a bound from which on the machine's own lateness can break it.
    static let shareOfBound = 0.5

    /// - Parameters:
    ///   - summary: the run's row of `summary.csv`.
    ///   - failed: the row of `thresholds.csv` of the bound that failed, if one did.
    init?(summary: CSVTable.Row, failed: CSVTable.Row?) {
        let longest = summary.number("hiccup_max_ms")
        if let longest, longest * 1e6 > Double(Disturbance.hiccupLimitNanos) {
            self = .stall(milliseconds: longest)
        } else if let steal = summary.number("cpu_steal_percent"),
            steal > Disturbance.stealLimitPercent
        {
            self = .steal(share: steal / 100)
        } else if let throttled = summary.number("cpu_throttled_percent"),
            throttled > Disturbance.throttledLimitPercent
        {
            self = .quota(share: throttled / 100)
        } else if let others = summary.number("other_cpu_percent"),
            let waited = summary.number("core_wait_percent"),
            others > Disturbance.otherCPULimitPercent, waited > Disturbance.coreWaitLimitPercent
        {
            self = .otherPrograms(share: others / 100, waited: waited / 100)
        } else if let failed, let limit = Self.milliseconds(failed, "limit") {
            // One stall breaks a maximum; a percentile takes a share of the time.
            let isMaximum = failed["metric"]?.contains("_max") == true
            let lateness =
                isMaximum ? longest : summary.number("hiccup_p99_us").map { $0 / 1e3 }
            guard let lateness, lateness >= limit * Self.shareOfBound else { return nil }
            let bound = failed["threshold"] ?? "the bound"
            self =
                isMaximum
                ? .stall(milliseconds: lateness)
                : .lateness(milliseconds: lateness, bound: bound)
        } else {
            return nil
        }
    }

    private static func milliseconds(_ row: CSVTable.Row, _ column: String) -> Double? {
        guard let number = row.number(column) else { return nil }
        switch row["unit"] {
        case "us": return number / 1e3
        case "ms": return number
        case "s": return number * 1e3
        default: return nil
        }
    }
}

extension MachineDisturbance: CustomStringConvertible {
    public var description: String {
        switch self {
        case .stall(let time): "the machine stalled for \(Figure.duration(nanos: time * 1e6))"
        case .lateness(let time, let bound):
            "the machine was late by \(Figure.duration(nanos: time * 1e6)) for 1 % of the time, "
                + "which can break \(bound) by itself"
        case .steal(let share):
            "others took \(Figure.percent(ofShare: share)) of the machine's CPU time"
        case .quota(let share):
            "a CPU quota stopped the run in \(Figure.percent(ofShare: share)) of its periods"
        case .otherPrograms(let share, let waited):
            "other programs had \(Figure.percent(ofShare: share)) of the CPU time, and the run's "
                + "threads waited for a core for \(Figure.percent(ofShare: waited)) of theirs"
        }
    }
}
