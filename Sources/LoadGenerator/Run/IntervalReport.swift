import Measurement

/// The part of a run that an interval belongs to.
public enum RunPhase: String, Sendable {
    case warmup
    case run
    /// Producers have ended; consumers read what is left.
    case drain
}

/// The report of one interval.
public struct IntervalReport: Sendable {
    public var phase: RunPhase
    /// From the run's first record to the interval's end.
    public var elapsedNanos: Int64
    public var intervalNanos: Int64
    /// The interval's end, in Unix nanoseconds.
    public var unixNanos: Int64
    /// Records that became due in this interval; nil in a closed loop.
    public var offeredRecords: Double?
    /// All of the interval, whenever the records were due.
    public var producers: ProducerTally
    /// In the order of the profile's groups.
    public var groups: [(group: String, tally: ConsumerTally)]
    /// The part of it that counts: records that were due in the measured window. Empty in the
    /// warm-up; summed over the other reports it is the run's totals.
    public var measuredProducers: ProducerTally
    public var measuredGroups: [(group: String, tally: ConsumerTally)]
    public var lag: [LagSample]
    /// The groups that paused in the interval.
    public var pausedGroups: Set<String> = []
    public var hiccupMaxNanos: Int64
    /// The machine's activity during the interval.
    public var conditions: MachineConditions
    public var residentBytes: Int64?
    public var anonymousBytes: Int64?
    /// What happened on the network in the interval; nil where there is none.
    public var network: NetworkCounts?
    /// The share of the interval in which the busiest event loop of the generator was at work.
    public var loopBusyPercent: Double?
    /// By how much the ends of the logs moved, as the brokers told them; nil without a network.
    public var readableRecords: UInt64?
    /// Of this process, all threads, as a share of one core.
    public var cpuPercent: Double
}
