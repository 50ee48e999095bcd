import Measurement

/// One row of `timeseries.csv`: the producers, or one group of consumers, in one interval.
public struct TimeSeriesRow: TableRow, Equatable {
    public static let fileName = "timeseries.csv"
    public static let holds = "one row for each interval and role"

    public enum Phase: String, Sendable { case warmup, run, drain }
    public enum Role: Sendable, Equatable {
        case producer
        case consumer(group: String)
    }

    public var run: RunName
    /// The end of the interval, since the measured part began; negative in the warm-up.
    public var elapsedSeconds: Double
    /// The end of the interval.
    public var atUnixNanos: Int64
    public var intervalSeconds: Double
    public var phase: Phase
    public var role: Role
    public var offeredRecords: UInt64?
    public var sentRecords: UInt64?
    public var ackedRecords: UInt64?
    public var ackedBatches: UInt64?
    public var failedRecords: UInt64?
    public var consumedRecords: UInt64?
    public var logicalBytes: UInt64?
    public var storedBytes: UInt64?
    /// Recorded in this interval alone.
    public var responseLatency: LatencySummary?
    public var endToEndLatency: LatencySummary?
    public var lagRecords: Int64?
    /// Nil for producers.
    public var hasPaused: Bool?
    public var hiccupMaxNanos: Int64?
    public var rssBytes: Int64?
    public var rssAnonymousBytes: Int64?
    /// Of one core: two busy cores are 200.
    public var cpuPercent: Double?
    /// The machine's activity during the interval.
    public var conditions = MachineConditions()
    /// Of the whole generator; nil for consumers and without a network.
    public var network: Network?

    public init(
        run: RunName, elapsedSeconds: Double, atUnixNanos: Int64, intervalSeconds: Double,
        phase: Phase, role: Role
    ) {
        self.run = run
        self.elapsedSeconds = elapsedSeconds
        self.atUnixNanos = atUnixNanos
        self.intervalSeconds = intervalSeconds
        self.phase = phase
        self.role = role
    }

    private func perSecond(_ count: UInt64?) -> Double? {
        guard let count, intervalSeconds > 0 else { return nil }
        return Double(count) / intervalSeconds
    }

    public static let columns: [Column<TimeSeriesRow>] =
        Column.naming(\.run) + placeColumns + countColumns + latencyColumns + machineColumns
        + networkColumns + batchColumns + pauseColumns

    private static let placeColumns: [Column<TimeSeriesRow>] = [
        .decimal(
            "elapsed_s",
            "End of the interval, since the measured part began; at most 0 in the warm-up."
        ) { $0.elapsedSeconds },
        .time("at", "End of the interval, ISO 8601 in UTC.") { $0.atUnixNanos },
        .decimal("interval_s", "Length of the interval.") { $0.intervalSeconds },
        .text("phase", "`warmup`, `run` or `drain`.") { $0.phase.rawValue },
        .text("role", "`producer`: all producers together; `consumer`: one group.") {
            if case .producer = $0.role { "producer" } else { "consumer" }
        },
        .text("group", "The consumer group; empty for producers.") {
            if case .consumer(let group) = $0.role { group } else { nil }
        },
    ]

    private static let countColumns: [Column<TimeSeriesRow>] = [
        .integer(
            "offered_records",
            "Records that became due; empty for consumers and `max`."
        ) { $0.offeredRecords },
        .decimal("offered_rate_records_per_s", "`offered_records` over `interval_s`.") {
            $0.perSecond($0.offeredRecords)
        },
        .integer("sent_records", "Records handed to the target; empty for consumers.") {
            $0.sentRecords
        },
        .decimal("sent_rate_records_per_s", "`sent_records` over `interval_s`.") {
            $0.perSecond($0.sentRecords)
        },
        .integer("acked_records", "Records acknowledged; empty for consumers.") {
            $0.ackedRecords
        },
        .decimal("acked_rate_records_per_s", "`acked_records` over `interval_s`.") {
            $0.perSecond($0.ackedRecords)
        },
        .integer("failed_records", "Records refused for good; empty for consumers.") {
            $0.failedRecords
        },
        .integer("consumed_records", "Records consumed; empty for producers.") {
            $0.consumedRecords
        },
        .decimal("consumed_rate_records_per_s", "`consumed_records` over `interval_s`.") {
            $0.perSecond($0.consumedRecords)
        },
        .integer("logical_bytes", "Keys, values and headers acknowledged, or consumed.") {
            $0.logicalBytes
        },
        .decimal("logical_rate_mb_per_s", "`logical_bytes` over `interval_s`.") {
            $0.perSecond($0.logicalBytes).map { $0 / 1e6 }
        },
        .integer("stored_bytes", "Record batches as appended, or as fetched.") {
            $0.storedBytes
        },
        .decimal("stored_rate_mb_per_s", "`stored_bytes` over `interval_s`.") {
            $0.perSecond($0.storedBytes).map { $0 / 1e6 }
        },
    ]

    private static let latencyColumns: [Column<TimeSeriesRow>] = [
        .micros("response_latency_p50_us", "Of this interval's records; empty for consumers.") {
            $0.responseLatency?.p50Nanos
        },
        .micros("response_latency_p99_us", "Of this interval's records; empty for consumers.") {
            $0.responseLatency?.p99Nanos
        },
        .micros("response_latency_max_us", "Of this interval's records; empty for consumers.") {
            $0.responseLatency?.maxNanos
        },
        .micros("e2e_latency_p50_us", "Of this interval's records; empty for producers.") {
            $0.endToEndLatency?.p50Nanos
        },
        .micros("e2e_latency_p99_us", "Of this interval's records; empty for producers.") {
            $0.endToEndLatency?.p99Nanos
        },
        .micros("e2e_latency_max_us", "Of this interval's records; empty for producers.") {
            $0.endToEndLatency?.maxNanos
        },
        .integer(
            "lag_records",
            "Records that the group was behind at the end, over all partitions; empty for producers."
        ) { $0.lagRecords },
    ]

    private static let batchColumns: [Column<TimeSeriesRow>] = [
        .integer("acked_batches", "Record batches acknowledged; empty for consumers.") {
            $0.ackedBatches
        }
    ]

    private static let pauseColumns: [Column<TimeSeriesRow>] = [
        .truth("paused", "Whether the group paused in the interval; empty for producers.") {
            $0.hasPaused
        }
    ]

    private static let machineColumns: [Column<TimeSeriesRow>] = [
        .micros("hiccup_max_us", "The machine's longest stall in the interval.") {
            $0.hiccupMaxNanos
        },
        .integer("rss_bytes", "Resident memory of this process at the end, mappings too.") {
            $0.rssBytes
        },
        .integer("rss_anonymous_bytes", "The part of it that is heap and stacks.") {
            $0.rssAnonymousBytes
        },
        .decimal("cpu_percent", "CPU of this process; 100 is one core busy.", digits: 1) {
            $0.cpuPercent
        },
        .decimal(
            "cpu_throttled_percent",
            "Share of the quota's periods in which the process was stopped.",
            digits: 1
        ) { $0.conditions.throttledPercent },
        .decimal(
            "other_cpu_percent",
            "Share of all cores' time that other programs used.",
            digits: 1
        ) { $0.conditions.otherCPUPercent },
        .decimal(
            "core_wait_percent",
            "Time that the load's threads waited for a core, as a share of the time in which they could have run.",
            digits: 1
        ) { $0.conditions.coreWaitPercent },
        .decimal(
            "cpu_pressure_percent",
            "Share of the interval in which some task of the machine waited for a core.",
            digits: 1
        ) { $0.conditions.cpuPressurePercent },
        .decimal(
            "memory_pressure_percent",
            "Share of the interval in which some task waited for memory.",
            digits: 1
        ) { $0.conditions.memoryPressurePercent },
        .decimal(
            "io_pressure_percent",
            "Share of the interval in which some task waited for a disk.",
            digits: 1
        ) { $0.conditions.ioPressurePercent },
    ]
}
