import Measurement
import RecordFormat

/// What a codec pass measured of one codec and level on batches of one filling.
///
/// Bytes of batches are with their headers; times are for each byte before compression.
public struct CodecFigures: Sendable {
    public var compression: Compression
    public var filling: BatchFilling
    public var recordsPerBatch: Double
    public var bytesPerBatch: Double
    /// The bytes of the batches that were compressed ÷ those of all batches of the sample; 0 before the
    /// first visit.
    public var sampleShare: Double
    /// Uncompressed ÷ stored bytes of all batches of the sample. Exact if all were compressed; else
    /// from how those that were compare with a fast codec, which compresses all: the ratio estimator.
    public var ratio: Estimate?
    /// Keys, values and headers ÷ stored bytes of batches: what is really saved of the sample.
    public var payloadRatio: Double?
    /// The same keys, values and headers ÷ what the codec makes of them alone, without record framing, in
    /// blocks of the same records. Scaled from the batches on which it was measured.
    public var bareRatio: Double?
    /// CPU time of the thread; nil without a codec.
    public var compressNanosPerByte: Estimate?
    public var decompressNanosPerByte: Estimate?
    /// Nil for a codec that keeps none.
    public var contextByteCount: Int?
    /// libzstd's own time on the same blocks ÷ ours.
    public var zstdCompressShare: Double?
    public var zstdDecompressShare: Double?
    public var visits: Int
    /// Whether the intervals of both times are within the tolerance.
    public var isSettled: Bool
}
