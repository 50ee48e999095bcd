/// One row of `slowest.csv`: one of the slowest records of a run, and where its time went.
public struct SlowestRow: TableRow, Equatable {
    public static let fileName = "slowest.csv"
    public static let holds =
        "one row for each of the hundred slowest records, at most one of a batch, with its stages"

    /// The parts of a record's time, in nanoseconds.
    public struct Stages: Sendable, Equatable {
        public var room: Int64
        public var linger: Int64
        public var queue: Int64
        /// Nil without a network.
        public var client: Int64?
        public var target: Int64
        public var back: Int64

        public init(
            room: Int64, linger: Int64, queue: Int64, client: Int64?, target: Int64, back: Int64
        ) {
            self.room = room
            self.linger = linger
            self.queue = queue
            self.client = client
            self.target = target
            self.back = back
        }
    }

    public var run: RunName
    /// 1 is the slowest.
    public var rank: Int
    /// Since the measured part began.
    public var elapsedSeconds: Double
    public var topic: String
    public var partition: Int32
    public var producer: Int
    public var sequence: UInt64
    public var responseNanos: Int64
    public var stages: Stages
    public var attempts: Int
    public var cause: String

    public init(
        run: RunName, rank: Int, elapsedSeconds: Double, topic: String, partition: Int32,
        producer: Int, sequence: UInt64, responseNanos: Int64, stages: Stages, attempts: Int,
        cause: String
    ) {
        self.run = run
        self.rank = rank
        self.elapsedSeconds = elapsedSeconds
        self.topic = topic
        self.partition = partition
        self.producer = producer
        self.sequence = sequence
        self.responseNanos = responseNanos
        self.stages = stages
        self.attempts = attempts
        self.cause = cause
    }

    public static let columns: [Column<SlowestRow>] =
        Column.naming(\.run) + placeColumns + stageColumns

    private static let placeColumns: [Column<SlowestRow>] = [
        .integer("rank", "1 is the slowest record.") { $0.rank },
        .decimal("elapsed_s", "When it was due, since the measured part began.") {
            $0.elapsedSeconds
        },
        .text("topic", "The topic.") { $0.topic },
        .integer("partition", "The partition.") { $0.partition },
        .integer("producer", "The producer's number in the run, from 0.") { $0.producer },
        .integer(
            "sequence",
            "The number of the record among the producer's records to the partition, from 0."
        ) { $0.sequence },
    ]

    private static let stageColumns: [Column<SlowestRow>] = [
        .micros(
            "response_latency_us",
            "From when it was due until it was acknowledged: the sum of the stages but the last."
        ) { $0.responseNanos },
        .micros(
            "room_us",
            "Until it was in a batch: its producer had no room, or the generator was late."
        ) { $0.stages.room },
        .micros("linger_us", "Until the batch was full, or `linger.ms` had passed.") {
            $0.stages.linger
        },
        .micros(
            "queue_us",
            "Until the batch was compressed and handed to the client or the log: earlier ones were in flight."
        ) { $0.stages.queue },
        .micros(
            "client_us",
            "Until the client wrote it to the socket for the first time; empty without a network."
        ) { $0.stages.client },
        .micros(
            "target_us",
            "Until the answer came: the wire and the broker with its flushes, or the log."
        ) { $0.stages.target },
        .micros(
            "back_us", "From the answer until the producer knew; not part of the latency."
        ) { $0.stages.back },
        .integer("attempts", "How often the batch was sent.") { $0.attempts },
        .text(
            "cause",
            "What happened meanwhile, such as `retry` or `lost connection`, else the longest stage."
        ) { $0.cause },
    ]
}
