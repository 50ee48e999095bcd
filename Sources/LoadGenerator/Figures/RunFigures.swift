import Measurement

/// The data behind the figures of a run: of its whole measured part, or of the part so far.
///
/// `sources` says where each figure is in here; `RunFigure` describes it.
public struct RunFigures: Sendable {
    // Known from the first interval on.
    var seconds = 0.0
    /// The schedule's records a second; nil for a closed loop.
    var offeredRate: Double?
    var producers = ProducerTally()
    /// All groups together; nil without consumers.
    var consumers: ConsumerTally?
    var maxLagRecords: Int64?
    var maxLagNanos: Int64?
    var maxHiccupNanos: Int64?
    var cpuUserSeconds: Double?
    var cpuSystemSeconds: Double?
    var maxResidentBytes: Int64?

    /// Since the measured part began; nil without a network.
    var network: NetworkCounts?

    // Known when the run has ended; nil before.
    var result: RunResult?
    var profile: Profile?
    var payload: Payload?
    var shares: RunLimits.Shares?

    /// The values that were sent.
    struct Payload: Sendable {
        var meanByteCount: Double
        var checksum: UInt32
    }

    init() {}

    /// The figures of a run that has ended.
    /// - Parameters:
    ///   - pool: given if the figures of the payload are wanted, too.
    ///   - shares: of the machine's limits, if they were measured.
    public init(
        of result: RunResult, profile: Profile, pool: PayloadPool? = nil,
        shares: RunLimits.Shares? = nil
    ) {
        self.result = result
        self.profile = profile
        if !profile.onlyConsumes {
            payload = pool.map { Payload(meanByteCount: $0.meanByteCount, checksum: $0.checksum) }
        }
        seconds = Double(result.measuredNanos) / 1e9
        offeredRate = profile.meanOfferedRate
        producers = result.producers
        if !result.groups.isEmpty {
            consumers = result.groups.reduce(into: ConsumerTally()) { $0.add($1.tally) }
            maxLagRecords = result.groups.map(\.maxLagRecords).max()
            maxLagNanos = result.groups.compactMap(\.maxLagNanos).max()
        }
        if !result.hiccups.isEmpty { maxHiccupNanos = result.hiccups.maximum }
        cpuUserSeconds = result.machine.userCPUNanos.map { Double($0) / 1e9 }
        cpuSystemSeconds = result.machine.systemCPUNanos.map { Double($0) / 1e9 }
        maxResidentBytes = result.machine.maxResidentBytes
        self.shares = shares
        network = result.network?.counts
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
        if let counts = report.network {
            network = network ?? NetworkCounts()
            network?.add(counts)
        }
        maxHiccupNanos = max(maxHiccupNanos ?? 0, report.hiccupMaxNanos)
        // An interval does not separate user from system time, and no threshold uses either.
        cpuUserSeconds = (cpuUserSeconds ?? 0) + report.cpuPercent / 100 * interval
        cpuSystemSeconds = 0
        if let bytes = report.residentBytes { maxResidentBytes = max(maxResidentBytes ?? 0, bytes) }
    }

    /// The audit of all records; nil without consumers.
    var audit: AuditCounts? {
        guard let result, !result.groups.isEmpty else { return nil }
        return result.audit
    }

    // MARK: Values

    /// Nil if it was not measured, or has no source here.
    func value(of figure: RunFigure) -> FigureValue? {
        if let source = Self.sourceByColumn[figure.column] { return source.value(self) }
        return figure.formula?.value(number).map(FigureValue.number)
    }

    private func number(_ column: String) -> Double? {
        guard let figure = RunFigure.named(column) else { return nil }
        return value(of: figure)?.number
    }

    /// All measured values, which are those of the row of `summary.csv`.
    public var values: FigureValues {
        // A figure that was not measured is empty, never 0.
        let isEmpty = result.map { $0.interruption != nil && $0.measuredNanos == 0 } ?? false
        return (isEmpty ? Self.sourcesOfAnyRun : Self.sources)
            .reduce(into: FigureValues()) { $0[$1.column] = $1.value(self) }
    }

    private static let sourceByColumn = Dictionary(
        uniqueKeysWithValues: sources.map { ($0.column, $0) })
}
