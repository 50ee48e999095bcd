import Measurement

/// The figures of a run that thresholds are about: of all of its measured part, or of as much of it
/// as there has been.
public struct RunFigures: Sendable {
    var seconds = 0.0
    /// Records a second that the schedule had; nil for a closed loop.
    var offeredRate: Double?
    var producers = ProducerTally()
    /// All groups together; nil where nothing is consumed.
    var consumers: ConsumerTally?
    var maxLagRecords: Int64?
    var maxLagNanos: Int64?
    var maxHiccupNanos: Int64?
    var cpuSeconds: Double?
    var maxResidentBytes: Int64?

    /// What only a run that has ended knows.
    var audit: AuditCounts?
    var drain: RunResult.Drain?
    var hiccupP99Nanos: Int64?
    var stealPercent: Double?
    var flushes: UInt64?
    var verdict: Verdict?
    var shares: RunLimits.Shares?

    init() {}

    /// The figures of a run that has ended.
    /// - Parameter shares: of the machine's limits, where they were measured.
    public init(of result: RunResult, profile: Profile, shares: RunLimits.Shares? = nil) {
        seconds = Double(result.measuredNanos) / 1e9
        offeredRate = profile.meanOfferedRate
        producers = result.producers
        if !result.groups.isEmpty {
            consumers = result.groups.reduce(into: ConsumerTally()) { $0.add($1.tally) }
            audit = result.audit
            drain = result.drain
            maxLagRecords = result.groups.map(\.maxLagRecords).max()
            maxLagNanos = result.groups.compactMap(\.maxLagNanos).max()
        }
        if !result.hiccups.isEmpty { maxHiccupNanos = result.hiccups.maximum }
        hiccupP99Nanos = result.hiccups.percentile(99)
        if let user = result.machine.userCPUNanos, let system = result.machine.systemCPUNanos {
            cpuSeconds = Double(user + system) / 1e9
        }
        maxResidentBytes = result.machine.maxResidentBytes
        stealPercent = result.machine.stealPercent
        flushes = result.machine.flushes
        verdict = result.verdict
        self.shares = shares
    }

    /// Adds an interval of the measured part.
    mutating func add(_ report: IntervalReport) {
        let interval = Double(report.intervalNanos) / 1e9
        if let offered = report.offeredRecords {
            let before = (offeredRate ?? 0) * seconds
            offeredRate = (before + offered) / (seconds + interval)
        }
        seconds += interval
        producers.add(report.measuredProducers)
        if !report.measuredGroups.isEmpty {
            var sum = consumers ?? ConsumerTally()
            for group in report.measuredGroups { sum.add(group.tally) }
            consumers = sum
        }
        for group in report.groups {
            let own = report.lag.filter { $0.group == group.group }
            let records = own.reduce(0) { $0 + $1.records }
            maxLagRecords = max(maxLagRecords ?? 0, records)
            if let oldest = own.compactMap(\.ageNanos).max() {
                maxLagNanos = max(maxLagNanos ?? 0, oldest)
            }
        }
        maxHiccupNanos = max(maxHiccupNanos ?? 0, report.hiccupMaxNanos)
        cpuSeconds = (cpuSeconds ?? 0) + report.cpuPercent / 100 * interval
        if let bytes = report.residentBytes { maxResidentBytes = max(maxResidentBytes ?? 0, bytes) }
    }

    func perSecond(_ count: UInt64?) -> Double? {
        guard let count, seconds > 0 else { return nil }
        return Double(count) / seconds
    }

    func quotient(_ a: UInt64?, _ b: UInt64) -> Double? {
        guard let a, b > 0 else { return nil }
        return Double(a) / Double(b)
    }
}
