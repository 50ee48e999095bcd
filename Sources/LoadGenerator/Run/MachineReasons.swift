import Measurement

/// Why the machine, and not the target, explains a run's figures: the causes by name, and the
/// affected percentiles.
struct MachineReasons {
    let result: RunResult

    init(_ result: RunResult) {
        self.result = result
    }

    private var conditions: MachineConditions { result.machine.conditions }

    /// One for each cause; empty on a quiet machine.
    var reasons: [String] {
        [stall, steal, quota, otherPrograms, otherWeir, swapping, memory, disk, clock].compactMap {
            $0
        }
    }

    /// Records that arrived before they were due, because clocks differ.
    var skewedRecords: UInt64 {
        result.groups.reduce(0) { $0 + $1.tally.endToEndLatency.nonPositiveCount }
    }

    /// Whether the machine makes the run suspect.
    var isDisturbed: Bool { !reasons.isEmpty || skewedRecords > 0 }

    // MARK: The processor

    private var stall: String? {
        let longest = result.hiccups.isEmpty ? 0 : result.hiccups.maximum
        guard longest > Disturbance.hiccupLimitNanos else { return nil }
        return "the machine stalled for \(longest / 1_000_000) ms"
    }

    private var steal: String? {
        guard let percent = result.machine.stealPercent, percent > Disturbance.stealLimitPercent
        else { return nil }
        return "the hypervisor took \(Int(percent)) % of the CPU"
    }

    private var quota: String? {
        guard let percent = conditions.throttledPercent,
            percent > Disturbance.throttledLimitPercent
        else { return nil }
        return
            "the CPU quota of its control group stopped the run in \(Int(percent)) % of its periods"
    }

    private var otherPrograms: String? {
        guard let percent = conditions.otherCPUPercent,
            percent > Disturbance.otherCPULimitPercent,
            let wait = conditions.coreWaitPercent, wait > Disturbance.coreWaitLimitPercent
        else { return nil }
        let busiest = conditions.busiestPrograms.first.map { ", most of it \($0)" } ?? ""
        return
            "other programs used \(Int(percent)) % of the machine's CPU\(busiest), and the load's "
            + "threads waited for a core for \(Int(wait)) % of the time in which they could have run"
    }

    /// Another Weir on the machine, which also shares the disk and the page cache.
    private var otherWeir: String? {
        let busy = conditions.busiestPrograms.first {
            $0.name == "weir" && $0.percentOfCore > Disturbance.otherCPULimitPercent
        }
        return busy.map { "another Weir was at work on the machine: \($0)" }
    }

    // MARK: Memory, disk, clock

    private var swapping: String? {
        guard let pages = conditions.swappedPages, pages > 0 else { return nil }
        return "the machine swapped \(pages) pages"
    }

    private var memory: String? {
        guard let percent = conditions.memoryPressurePercent,
            percent > Disturbance.memoryPressureLimitPercent
        else { return nil }
        let faults = conditions.majorFaults.map {
            ", and \($0) of the run's page faults read a disk"
        }
        return "tasks waited for memory for \(Int(percent)) % of the time\(faults ?? "")"
    }

    /// Only if others write to the disk. A disk that is slow by itself is part of the target.
    private var disk: String? {
        guard let percent = conditions.ioPressurePercent,
            percent > Disturbance.ioPressureLimitPercent, let bytes = conditions.otherDiskBytes,
            bytes > Disturbance.otherDiskLimitBytes
        else { return nil }
        return
            "others wrote \(bytes >> 20) MiB to the disk of the log, and tasks waited for it for "
            + "\(Int(percent)) % of the time"
    }

    private var clock: String? {
        guard let step = conditions.clockStepNanos else { return nil }
        let slew = Int64(Double(result.measuredNanos) * Disturbance.clockSlewLimit)
        guard abs(step) > Disturbance.clockStepLimitNanos + slew else { return nil }
        let way = step > 0 ? "forward" : "back"
        return
            "the clock was set \(way) by \(abs(step) / 1_000_000) ms: timestamps are off, but latencies "
            + "are not"
    }

    // MARK: Percentiles

    /// The percentiles of the latencies of which the hiccups' same percentile is half or more; nil
    /// if there are none, or no cause.
    var percentiles: String? {
        guard !reasons.isEmpty, !result.hiccups.isEmpty else { return nil }
        let kinds: [(name: String, histogram: LatencyHistogram)] = [
            ("response", result.producers.responseLatency), ("end-to-end", result.endToEndLatency),
        ]
        let found = kinds.compactMap { name, histogram -> String? in
            let affected = [(50.0, "p50"), (90, "p90"), (99, "p99"), (99.9, "p99.9")].filter {
                guard let latency = histogram.percentile($0.0),
                    let late = result.hiccups.percentile($0.0)
                else { return false }
                return Double(late) >= Double(latency) * Disturbance.shareOfPercentile
            }
            return affected.isEmpty
                ? nil : "\(affected.map(\.1).joined(separator: ", ")) of the \(name) latency"
        }
        guard !found.isEmpty else { return nil }
        return "much of " + found.joined(separator: " and of ")
            + " is the machine's own lateness, which a thread beside the load had as well"
    }
}
