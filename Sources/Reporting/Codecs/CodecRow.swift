import Measurement

/// One row of `codecs.csv`: a codec and level on batches of one size, measured without an engine.
///
/// Times are CPU time of one thread; bytes of batches are with their headers, before compression where
/// nothing else is said.
public struct CodecRow: TableRow, Equatable {
    public static let fileName = "codecs.csv"
    public static let holds =
        "of `weir advise`: one row for each codec, level and size of batches, without an engine"

    public var runID: String
    public var codec: String
    public var level: Int?
    /// What was asked for: so many records a batch, or `batch.size`.
    public var batchRecords: Int?
    public var batchSizeBytes: Int?
    /// Of a stored log: how many of its batches are one.
    public var storedBatches: Int?
    public var topic: String?
    public var recordsPerBatch: Double
    public var bytesPerBatch: Double
    /// 0…1.
    public var sampleShare: Double
    public var ratio: Estimate?
    public var payloadRatio: Double?
    public var bareRatio: Double?
    public var compressNanosPerByte: Estimate?
    public var decompressNanosPerByte: Estimate?
    public var contextByteCount: Int?
    public var zstdCompressShare: Double?
    public var zstdDecompressShare: Double?
    public var visits = 0
    public var isSettled = false
    public var isOnFront = false

    public init(
        runID: String, codec: String, level: Int?, recordsPerBatch: Double, bytesPerBatch: Double,
        sampleShare: Double
    ) {
        self.runID = runID
        self.codec = codec
        self.level = level
        self.recordsPerBatch = recordsPerBatch
        self.bytesPerBatch = bytesPerBatch
        self.sampleShare = sampleShare
    }

    /// `zstd:3`.
    public var setting: String { level.map { "\(codec):\($0)" } ?? codec }

    /// What rows of one table have in common.
    var batch: CodecBatch {
        CodecBatch(
            records: batchRecords, sizeBytes: batchSizeBytes, stored: storedBatches, topic: topic)
    }

    public static let columns: [Column<CodecRow>] =
        identity + ratios + times("compress", "Compression", \.compressNanosPerByte)
        + times("decompress", "Decompression", \.decompressNanosPerByte) + [
            .integer(
                "context_bytes",
                "Memory that the codec keeps from batch to batch; empty for one that keeps none."
            ) { $0.contextByteCount },
            .decimal(
                "zstd_compress_share",
                "CPU time of libzstd alone on the same blocks ÷ that of Weir; empty for other codecs.",
                digits: 4
            ) { $0.zstdCompressShare },
            .decimal(
                "zstd_decompress_share", "The same of decompression.", digits: 4
            ) { $0.zstdDecompressShare },
            .integer("visits", "How often it was measured; the first time finds cold memory.") {
                $0.visits
            },
            .truth(
                "settled",
                "`true` if the intervals of both times reach 3 % or less to either side."
            ) { $0.isSettled },
            .truth(
                "pareto",
                "`true`: no setting on batches of this size is shown to compress better in no more CPU "
                    + "time, or as well in less; else `false`."
            ) { $0.isOnFront },
            .text("topic", "With `--log-dir`: the topic that was sampled.") { $0.topic },
            .integer(
                "stored_batches",
                "With `--log-dir`: how many of its batches are one; 1 is as they are stored."
            ) { $0.storedBatches },
        ]

    private static let identity: [Column<CodecRow>] = [
        .text("run_id", "Name of the measurement: its profile and the UTC time of its start.") {
            $0.runID
        },
        .text("codec", "As `compression.type`.") { $0.codec },
        .integer(
            "level", "As `compression.<codec>.level`; empty for a codec without levels."
        ) { $0.level },
        .integer("batch_records", "Records of a batch as asked for; empty with `batch.size`.") {
            $0.batchRecords
        },
        .integer(
            "batch_size_bytes", "`batch.size` as asked for; empty with records of a batch."
        ) { $0.batchSizeBytes },
        .decimal("records_per_batch_mean", "Mean over all batches of the sample.") {
            $0.recordsPerBatch
        },
        .decimal("bytes_per_batch_mean", "The same, before compression.", digits: 1) {
            $0.bytesPerBatch
        },
        .decimal(
            "sample_share",
            "The bytes of the batches that were compressed ÷ those of all batches of the sample, 0…1; "
                + "a part is spread evenly.", digits: 4
        ) { $0.sampleShare },
    ]

    private static let ratios: [Column<CodecRow>] = [
        .decimal(
            "compression_ratio",
            "Uncompressed ÷ stored bytes of all batches; exact where all were compressed, else scaled from "
                + "those that were.", digits: 6
        ) {
            $0.ratio?.value
        },
        .decimal(
            "compression_ratio_low",
            "Lower end of its 95 % interval; the ratio itself where it is exact.", digits: 6
        ) { $0.ratio?.interval?.lowerBound },
        .decimal("compression_ratio_high", "Its upper end.", digits: 6) {
            $0.ratio?.interval?.upperBound
        },
        .decimal(
            "payload_ratio",
            "Keys, values and headers ÷ stored bytes of batches: what is saved of the records."
        ) { $0.payloadRatio },
        .decimal(
            "bare_ratio",
            "The same keys, values and headers ÷ what the codec makes of them alone, in blocks of the same records."
        ) { $0.bareRatio },
    ]

    private static func times(
        _ name: String, _ word: String, _ time: @escaping @Sendable (CodecRow) -> Estimate?
    ) -> [Column<CodecRow>] {
        [
            .decimal(
                "\(name)_ns_per_byte",
                "\(word): CPU time for each byte before compression; empty for `none`.",
                digits: 4, unit: "ns/byte"
            ) { time($0)?.value },
            .decimal(
                "\(name)_low_ns_per_byte", "Lower end of its 95 % interval; empty for one visit.",
                digits: 4, unit: "ns/byte"
            ) { time($0)?.interval?.lowerBound },
            .decimal(
                "\(name)_high_ns_per_byte", "Its upper end.", digits: 4, unit: "ns/byte"
            ) { time($0)?.interval?.upperBound },
            .decimal("\(name)_rate_mb_per_s", "The same as bytes for each second of CPU time.") {
                time($0).flatMap { $0.value > 0 ? 1_000 / $0.value : nil }
            },
            .decimal(
                "\(name)_rate_low_mb_per_s", "Lower end of its 95 % interval; empty for one visit."
            ) { time($0)?.interval.flatMap { $0.upperBound > 0 ? 1_000 / $0.upperBound : nil } },
            .decimal("\(name)_rate_high_mb_per_s", "Its upper end.") {
                time($0)?.interval.flatMap { $0.lowerBound > 0 ? 1_000 / $0.lowerBound : nil }
            },
        ]
    }
}
