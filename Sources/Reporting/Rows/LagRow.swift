/// One row of `lag.csv`: how far one group was behind on one partition at one moment.
public struct LagRow: TableRow, Equatable {
    public static let fileName = "lag.csv"
    public static let holds = "one row for each sample, consumer group and partition"

    public var run: RunName
    /// Since the measured part began; negative in the warm-up.
    public var elapsedSeconds: Double
    public var atUnixNanos: Int64
    public var group: String
    public var topic: String
    public var partition: Int32
    /// The offset that the group reads next.
    public var position: Int64?
    public var logEndOffset: Int64?
    /// The age of the oldest unconsumed record; 0 when there is none.
    public var lagTimeMillis: Double?
    /// The offset that the group has committed last.
    public var committedOffset: Int64?

    public init(
        run: RunName, elapsedSeconds: Double, atUnixNanos: Int64, group: String, topic: String,
        partition: Int32, position: Int64?, logEndOffset: Int64?, lagTimeMillis: Double?,
        committedOffset: Int64? = nil
    ) {
        self.run = run
        self.elapsedSeconds = elapsedSeconds
        self.atUnixNanos = atUnixNanos
        self.group = group
        self.topic = topic
        self.partition = partition
        self.position = position
        self.logEndOffset = logEndOffset
        self.lagTimeMillis = lagTimeMillis
        self.committedOffset = committedOffset
    }

    var lagRecords: Int64? {
        guard let position, let logEndOffset else { return nil }
        return logEndOffset - position
    }

    var uncommittedRecords: Int64? {
        guard let committedOffset, let logEndOffset else { return nil }
        return max(logEndOffset - committedOffset, 0)
    }

    public static let columns: [Column<LagRow>] =
        Column.naming(\.run) + [
            .decimal("elapsed_s", "Seconds since the measured part began; negative in the warm-up.")
            {
                $0.elapsedSeconds
            },
            .time("at", "When the sample was taken, ISO 8601 in UTC.") { $0.atUnixNanos },
            .text("group", "The consumer group.") { $0.group },
            .text("topic", "The topic.") { $0.topic },
            .integer("partition", "The partition.") { $0.partition },
            .integer(
                "position",
                "The offset that the group reads next; of a share group the log's end less the records that it "
                    + "is not done with, as the brokers tell once an interval (its start offset, where they tell "
                    + "no lag)."
            ) {
                $0.position
            },
            .integer("log_end_offset", "The offset that the next record appended will get.") {
                $0.logEndOffset
            },
            .integer("lag_records", "`log_end_offset` − `position`.") { $0.lagRecords },
            .decimal(
                "lag_time_ms",
                "Age of the oldest unconsumed record; 0 when there is none, empty if unknown."
            ) { $0.lagTimeMillis },
            .integer(
                "committed_offset",
                "The offset that the group has committed last; empty before its first commit in the run."
            ) { $0.committedOffset },
            .integer(
                "lag_committed_records",
                "`log_end_offset` − `committed_offset`: what the group would read again or anew after a crash."
            ) { $0.uncommittedRecords },
        ]
}
