import Measurement

/// One row of `topics.csv`: a stored topic, what it is stored with, and what it would be with another
/// codec.
public struct TopicRow: TableRow {
    public static let fileName = "topics.csv"
    public static let holds = "of `weir advise --log-dir`: one row for each topic"

    public var runID = ""
    public let topic: String
    public var partitions = 0
    public var segments = 0
    /// Of all segments.
    public var storedBytes = 0
    /// 0…1: of those, in the sample.
    public var sampleShare = 1.0
    public var recordsPerBatch = 0.0
    /// `lz4`, or several with their shares of the bytes.
    public var storedWith = ""
    /// Uncompressed ÷ stored bytes now.
    public var storedRatio = 1.0
    /// From the first to the last timestamp of its records; nil if they have none, or only one.
    public var spanSeconds: Double?
    public var controlBatches = 0
    public var undecodableBatches = 0
    /// Where and why, of the first ones.
    public var faults: [String] = []
    /// The setting that is advised, at the batches as they are stored.
    public var setting: String?
    /// Fewer bytes with it; negative if there would be more.
    public var savedBytes: Estimate?
    /// With the same setting and 16 batches in one.
    public var savedWithLargerBatches: Double?

    public init(topic: String) { self.topic = topic }

    public static let columns: [Column<TopicRow>] = [
        .text("run_id", "Name of the measurement: its log directory and the UTC time of its start.")
        {
            $0.runID
        },
        .text("topic", "Name of the topic.") { $0.topic },
        .integer("partitions", "Its partitions in this directory that have a segment.") {
            $0.partitions
        },
        .integer("segments", "Its segments.") { $0.segments },
        .integer("stored_bytes", "Bytes of all its segments.") { $0.storedBytes },
        .decimal(
            "sample_share", "The share of `stored_bytes` that codecs were measured on, 0…1.",
            digits: 6
        ) { $0.sampleShare },
        .decimal("records_per_batch_mean", "Mean of the batches that were read.") {
            $0.recordsPerBatch
        },
        .text(
            "stored_with",
            "The codecs of its batches, with their shares of the bytes if there are several."
        ) { $0.storedWith },
        .decimal("stored_ratio", "Uncompressed ÷ stored bytes of the sample, as it is stored.") {
            $0.storedRatio
        },
        .integer("control_batches", "Markers of transactions, which are never compressed.") {
            $0.controlBatches
        },
        .integer(
            "undecodable_batches",
            "Batches that cannot be decoded; one stands for all that follow where lengths are lost."
        ) { $0.undecodableBatches },
        .list("first_faults", "Where and why, of the first of them; empty without any.") {
            $0.faults
        },
        .text(
            "setting",
            "The setting where the front of ratio and CPU time bends; empty if no batch could be measured."
        ) { $0.setting },
        .decimal(
            "saved_bytes",
            "Fewer bytes with it, at the batches as they are stored; negative for more.",
            digits: 0
        ) { $0.savedBytes?.value },
        .decimal(
            "saved_low_bytes", "Lower end of its 95 % interval, since only a sample was read.",
            digits: 0
        ) { $0.savedBytes?.interval?.lowerBound },
        .decimal("saved_high_bytes", "Its upper end.", digits: 0) {
            $0.savedBytes?.interval?.upperBound
        },
        .decimal(
            "saved_larger_batches_bytes",
            "The same with 16 batches in one; empty if there are too few.",
            digits: 0
        ) { $0.savedWithLargerBatches },
        .decimal(
            "time_span_s",
            "From the first to the last timestamp of its records, by the ends of its partitions; empty if they tell "
                + "none."
        ) { $0.spanSeconds },
    ]
}
