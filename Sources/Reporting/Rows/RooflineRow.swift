/// One row of `roofline.csv`: a bare operation, which is a limit of this machine, or an operation
/// of the engine with its share of that limit, measured in turns.
public struct RooflineRow: TableRow, Equatable {
    public static let fileName = "roofline.csv"
    public static let holds = "the machine's limits, where they were measured"

    /// The name of its folder: `roofline` and the UTC time of its start.
    public var runID: String
    /// `memory_copy`, `write`, …
    public var probe: String
    public var blockSizeBytes: Int?
    /// Parameters besides the block size, such as `zstd:3 orders`.
    public var detail: String?
    public var operationsPerSecond: Double?
    public var megabytesPerSecond: Double?
    /// How many slices the medians are over.
    public var lowestMegabytesPerSecond: Double?
    public var highestMegabytesPerSecond: Double?
    public var medianNanos: Int64?
    public var p99Nanos: Int64?
    public var slices: Int
    /// The bare operation that limits this one; nil for the bare operations themselves.
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
        .text("detail", "Further parameters, such as the codec and the payload; may be empty.") {
            $0.detail
        },
        .integer("block_size_bytes", "Bytes of one operation.") { $0.blockSizeBytes },
        .decimal("operations_per_s", "Median over the slices.", unit: "1/s") {
            $0.operationsPerSecond
        },
        .decimal(
            "rate_mb_per_s",
            "Median over the slices; empty for operations without bytes."
        ) {
            $0.megabytesPerSecond
        },
        .decimal("rate_min_mb_per_s", "The slowest slice.") { $0.lowestMegabytesPerSecond },
        .decimal("rate_max_mb_per_s", "The fastest slice.") { $0.highestMegabytesPerSecond },
        .micros("latency_p50_us", "Of one operation; empty if single operations were not timed.") {
            $0.medianNanos
        },
        .micros("latency_p99_us", "Of one operation; empty if single operations were not timed.") {
            $0.p99Nanos
        },
        .integer("slices", "How many slices of time the medians are over.") { $0.slices },
        .text("limit", "The bare operation that limits this one; empty for a bare operation.") {
            $0.limit
        },
        .decimal(
            "limit_rate_mb_per_s", "The limit's median rate, measured in turn with this one."
        ) {
            $0.limitMegabytesPerSecond
        },
        .decimal("share_of_limit", "Median over the slices of rate ÷ limit; 1 is the limit.") {
            $0.share
        },
        .decimal("share_of_limit_min", "The lowest of the slices.") { $0.lowestShare },
        .decimal("share_of_limit_max", "The highest of the slices.") { $0.highestShare },
    ]
}
