/// One row of `partitions.csv`: how long a partition did not do what was asked of it.
public struct PartitionRow: TableRow, Equatable {
    public static let fileName = "partitions.csv"
    public static let holds =
        "one row for each partition with its longest time without an acknowledgement, and one for each group that read it"

    public var run: RunName
    public var topic: String
    public var partition: Int32
    /// Nil for the producers.
    public var group: String?
    public var gapNanos: Int64
    /// When it began, since the measured part did.
    public var startSeconds: Double
    /// The id of the broker that led it at the end; nil without a network.
    public var leader: Int32?
    public var leaderChanges: Int?

    public init(
        run: RunName, topic: String, partition: Int32, group: String?, gapNanos: Int64,
        startSeconds: Double, leader: Int32? = nil, leaderChanges: Int? = nil
    ) {
        self.run = run
        self.topic = topic
        self.partition = partition
        self.group = group
        self.gapNanos = gapNanos
        self.startSeconds = startSeconds
        self.leader = leader
        self.leaderChanges = leaderChanges
    }

    public static let columns: [Column<PartitionRow>] =
        Column.naming(\.run) + [
            .text("topic", "The topic.") { $0.topic },
            .integer("partition", "The partition.") { $0.partition },
            .text("role", "`producer`: all producers together; `consumer`: one group.") {
                $0.group == nil ? "producer" : "consumer"
            },
            .text("group", "The consumer group; empty for producers.") { $0.group },
            .decimal(
                "longest_gap_ms",
                "The longest time without an acknowledged write, or without a delivered read, while a record was due."
            ) { Double($0.gapNanos) / 1e6 },
            .decimal("gap_start_s", "When that time began, since the measured part did.") {
                $0.startSeconds
            },
            .integer(
                "leader", "The id of the broker that led it at the end; empty without a network."
            ) { $0.leader },
            .integer(
                "leader_changes",
                "How often another broker than before led it, warm-up included, as the clients saw it; empty without a network."
            ) { $0.leaderChanges },
        ]
}
