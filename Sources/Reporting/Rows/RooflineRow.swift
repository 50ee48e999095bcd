/// One row of `roofline.csv`: what this machine could do at best, by one bare operation, or what the
/// engine reaches of such a limit, both measured in turns.
public struct RooflineRow: TableRow, Equatable {
    public static let fileName = "roofline.csv"

    /// The name of its folder: `roofline` and the UTC time of its start.
    public var runID: String
    /// `memory_copy`, `write`, …
    public var probe: String
    public var blockSizeBytes: Int?
    /// What was varied besides the block size, such as `zstd:3 orders`.
    public var detail: String?
    public var operationsPerSecond: Double?
    public var megabytesPerSecond: Double?
    /// Of the slices that the medians are over.
    public var lowestMegabytesPerSecond: Double?
    public var highestMegabytesPerSecond: Double?
    public var medianNanos: Int64?
    public var p99Nanos: Int64?
    public var slices: Int
    /// The bare operation that bounds this one; nil for the bare operations themselves.
    public var limit: String?
    public var limitMegabytesPerSecond: Double?
    /// The median over the slices of this operation's rate ÷ its limit's in the same turn.
    public var share: Double?
    public var lowestShare: Double?
    public var highestShare: Double?

    public init(runID: String, probe: String, slices: Int) {
        self.runID = runID
        self.probe = probe
        self.slices = slices
    }

    public static let columns: [Column<RooflineRow>] = [
        .text("run_id", "Name of the measurement: `roofline` and the UTC time of its start.") {
            $0.runID
        },
        .text("probe", "The bare operation: `memory_copy`, `write`, `fdatasync` …") { $0.probe },
        .text("detail", "What else was varied, such as a codec and its payload; may be empty.") {
            $0.detail
        },
        .integer("block_size_bytes", "Bytes of one operation.") { $0.blockSizeBytes },
        .decimal("operations_per_s", "Median over the slices.") { $0.operationsPerSecond },
        .decimal("rate_mb_per_s", "Median over the slices; empty where bytes are not the point.") {
            $0.megabytesPerSecond
        },
        .decimal("rate_min_mb_per_s", "The slowest slice.") { $0.lowestMegabytesPerSecond },
        .decimal("rate_max_mb_per_s", "The fastest slice.") { $0.highestMegabytesPerSecond },
        .micros("latency_p50_us", "Of one operation; empty where it was not timed singly.") {
            $0.medianNanos
        },
        .micros("latency_p99_us", "Of one operation; empty where it was not timed singly.") {
            $0.p99Nanos
        },
        .integer("slices", "How many slices of the time the medians are over.") { $0.slices },
        .text("limit", "The bare operation that bounds this one; empty for a bare operation.") {
            $0.limit
        },
        .decimal("limit_rate_mb_per_s", "The limit's median rate, measured in turns with this one.")
        {
            $0.limitMegabytesPerSecond
        },
        .decimal("share_of_limit", "Median over the turns of rate ÷ limit; 1 is the limit.") {
            $0.share
        },
        .decimal("share_of_limit_min", "The lowest of the turns.") { $0.lowestShare },
        .decimal("share_of_limit_max", "The highest of the turns.") { $0.highestShare },
    ]
}
