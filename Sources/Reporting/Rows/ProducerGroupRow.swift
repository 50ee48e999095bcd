import Measurement

/// One row of `producers.csv`: what one of several groups of producers did.
public struct ProducerGroupRow: TableRow, Equatable {
    public static let fileName = "producers.csv"
    public static let holds =
        "one row for each group of producers, where the profile has several"

    public var run: RunName
    public var name: String
    public var topics: [String]
    public var producerCount: Int
    public var durationSeconds: Double
    /// Nil in a closed loop.
    public var offeredRecords: UInt64?
    public var sentRecords: UInt64 = 0
    public var ackedRecords: UInt64 = 0
    public var failedRecords: UInt64 = 0
    public var inDoubtRecords: UInt64 = 0
    public var logicalBytes: UInt64 = 0
    public var storedBytes: UInt64 = 0
    public var batches: UInt64 = 0
    /// Nil if nothing was acknowledged.
    public var sendDelay: LatencySummary?
    public var serviceLatency: LatencySummary?
    public var responseLatency: LatencySummary?

    public init(
        run: RunName, name: String, topics: [String], producerCount: Int, durationSeconds: Double
    ) {
        self.run = run
        self.name = name
        self.topics = topics
        self.producerCount = producerCount
        self.durationSeconds = durationSeconds
    }

    private func perSecond(_ count: UInt64?) -> Double? {
        guard let count, durationSeconds > 0 else { return nil }
        return Double(count) / durationSeconds
    }

    public static let columns: [Column<ProducerGroupRow>] =
        Column.naming(\.run) + countColumns + latencyColumns

    private static let countColumns: [Column<ProducerGroupRow>] = [
        .text("producer_group", "The name of the group in the profile.") { $0.name },
        .text(
            "topics",
            "The topics that it writes to, joined by `; `."
        ) { $0.topics.joined(separator: "; ") },
        .integer("producers", "Its producers.") { $0.producerCount },
        .decimal("duration_s", "As in summary.csv: all rates are over it.") { $0.durationSeconds },
        .integer(
            "offered_records",
            "Records that were due in the measured part, or up to its early end; empty for `max`."
        ) { $0.offeredRecords },
        .decimal(
            "offered_rate_records_per_s",
            "`offered_records` over `duration_s`."
        ) { $0.perSecond($0.offeredRecords) },
        .integer("produced_records", "Records handed to the target.") { $0.sentRecords },
        .integer("acked_records", "Records acknowledged.") { $0.ackedRecords },
        .decimal(
            "acked_rate_records_per_s",
            "`acked_records` over `duration_s`."
        ) { $0.perSecond($0.ackedRecords) },
        .integer("failed_records", "Records refused for good.") { $0.failedRecords },
        .integer(
            "in_doubt_records",
            "Records that were sent, and whose answer never came."
        ) { $0.inDoubtRecords },
        .integer("logical_bytes", "Keys, values and headers acknowledged.") { $0.logicalBytes },
        .decimal(
            "logical_rate_mb_per_s",
            "`logical_bytes` over `duration_s`."
        ) { $0.perSecond($0.logicalBytes).map { $0 / 1e6 } },
        .integer("stored_bytes", "Record batches as appended.") { $0.storedBytes },
        .integer("batches", "Record batches acknowledged.") { $0.batches },
    ]

    private static let latencyColumns: [Column<ProducerGroupRow>] = [
        .micros("send_delay_p50_us", "Actual − intended send, p50.") { $0.sendDelay?.p50Nanos },
        .micros("send_delay_p99_us", "Actual − intended send, p99.") { $0.sendDelay?.p99Nanos },
        .micros("send_delay_p999_us", "Actual − intended send, p99.9.") { $0.sendDelay?.p999Nanos },
        .micros("send_delay_max_us", "Actual − intended send, max.") { $0.sendDelay?.maxNanos },
        .micros(
            "service_latency_p50_us",
            "Acknowledgement − actual send, p50."
        ) { $0.serviceLatency?.p50Nanos },
        .micros(
            "service_latency_p99_us",
            "Acknowledgement − actual send, p99."
        ) { $0.serviceLatency?.p99Nanos },
        .micros(
            "service_latency_p999_us",
            "Acknowledgement − actual send, p99.9."
        ) { $0.serviceLatency?.p999Nanos },
        .micros(
            "service_latency_max_us",
            "Acknowledgement − actual send, max."
        ) { $0.serviceLatency?.maxNanos },
        .micros(
            "response_latency_p50_us",
            "Acknowledgement − intended send, p50."
        ) { $0.responseLatency?.p50Nanos },
        .micros(
            "response_latency_p99_us",
            "Acknowledgement − intended send, p99."
        ) { $0.responseLatency?.p99Nanos },
        .micros(
            "response_latency_p999_us",
            "Acknowledgement − intended send, p99.9."
        ) { $0.responseLatency?.p999Nanos },
        .micros(
            "response_latency_max_us",
            "Acknowledgement − intended send, max."
        ) { $0.responseLatency?.maxNanos },
    ]
}
