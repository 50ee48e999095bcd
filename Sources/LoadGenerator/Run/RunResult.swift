import Measurement
import RecordFormat

/// The results of a run. Latencies and counts are of records due in the measured window, whenever
/// they were acknowledged or consumed.
public struct RunResult: Sendable {
    public struct Group: Sendable {
        public var group: String
        public var tally: ConsumerTally
        public var audit: AuditCounts
        /// Of a share group: who was in it beside the run's members.
        public var otherMembers: OtherMembers?
        public var maxLagRecords: Int64
        public var maxLagNanos: Int64?
        /// By partition: the longest time without a delivered record while one was due.
        public var readGaps: [PartitionGap] = []
        /// From the window's start to the last record that the group read.
        public var measuredNanos: Int64
    }

    /// What one of several groups of producers did.
    public struct ProducerGroupResult: Sendable {
        public var name: String
        public var topics: [String]
        public var producerCount: Int
        public var tally: ProducerTally
        /// Records that were due in the measured window, or up to the run's early end; nil in a
        /// closed loop.
        public var offeredRecords: Double?
    }

    /// How long consumers took to read the records that were left when producers had stopped.
    public struct Drain: Sendable {
        public var nanos: Int64
        /// Records read in that time, over all groups.
        public var records: UInt64
        /// Records that were stored and not read, over all groups.
        public var unreadRecords: UInt64 = 0
        /// Whether the user ended it early.
        public var wasCut = false

        public var isComplete: Bool { unreadRecords == 0 }
    }

    /// The run's use of the machine, from the measured window's start to the run's end.
    public struct MachineUse: Sendable {
        /// Of this process: the generator and, if it is embedded, the target.
        public var userCPUNanos: Int64?
        public var systemCPUNanos: Int64?
        public var maxResidentBytes: Int64?
        public var stealPercent: Double?
        /// The machine's activity during the run.
        public var conditions = MachineConditions()
        /// `fdatasync` calls; nil if the target does not count them.
        public var flushes: UInt64?
    }

    public var startedUnixNanos: Int64
    public var warmupNanos: Int64
    /// The measured window; nil if a number of records or a backlog ended it.
    public var windowNanos: Int64?
    /// From the window's start to its end, or to the last acknowledgement if that came later; 0 if
    /// a run was cut short before it measured anything.
    public var measuredNanos: Int64
    /// From the window's start to the last record's send.
    public var sendingNanos: Int64
    public var isClosedLoop: Bool
    /// Whether the run had no producers.
    public var onlyConsumes = false
    /// Of each group, where a number of records was to end a run without producers.
    public var recordsToRead: Int?
    /// Records that were due and never sent, because the run was stopped or its grace was over.
    public var unsentRecords: UInt64
    public var producers: ProducerTally
    public var groups: [Group]
    public var drain: Drain?
    public var usage: WorkerUsage
    /// Acknowledged records a second, an entry for each whole measured interval.
    public var ackedRates: [Double]
    public var machine: MachineUse
    public var hiccups: LatencyHistogram
    public var largestStalls: [Stall]
    public var failures: [String]
    /// Whether the user or a threshold ended the run early.
    public var wasStopped: Bool
    /// The part that the user cut short; nil if none.
    public var interruption: Interruption?
    /// How long after the measured window its records could still be sent.
    public var sendGraceNanos: Int64 = 0
    /// The threshold that ended the run early.
    public var ending: ThresholdOutcome?
    /// Nil without a network.
    public var network: NetworkUse?
    /// In the order of their ids; empty without a network.
    public var brokers: [BrokerUse] = []
    /// By partition, the broker that leads it; empty without a network.
    public var leaders: [TopicPartition: PartitionLead] = [:]
    /// Of each group of producers, if there are several.
    public var producerGroups: [ProducerGroupResult] = []
    /// What kept accepted, acknowledged and readable records apart; a clause each.
    public var flowReasons: [String] = []
    /// By partition: the longest time without an acknowledgement while a record was due. Empty
    /// with acks 0.
    public var writeGaps: [PartitionGap] = []
    public var slowest = SlowTail()
    /// Commands that fetch the first record of a fault.
    public var fetchCommands: [AuditFault: String] = [:]
    /// Failures of the target's background work.
    public var backgroundFaults: [String] = []
    /// Notes that do not affect the verdict, such as on a corpus that repeats.
    public var notes: [String]
    public var verdict = Verdict.valid
    public var reasons: [String] = []

    /// The audit over all groups.
    public var audit: AuditCounts {
        groups.reduce(into: AuditCounts()) { $0 += $1.audit }
    }
}

extension RunResult {
    /// Over all groups.
    public var endToEndLatency: LatencyHistogram {
        groups.reduce(into: LatencyHistogram()) { $0.add($1.tally.endToEndLatency) }
    }
}
