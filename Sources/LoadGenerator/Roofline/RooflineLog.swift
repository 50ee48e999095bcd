import CommitLog
import Measurement
import RecordFormat

/// One partition that the roofline appends to and reads from, through the engine's own writer.
///
/// Thread contract: one owner.
struct RooflineLog: ~Copyable {
    /// Of uncompressed logs; compressed ones have an eighth, because filling them takes longer.
    static let segmentByteCount = 128 << 20
    static let retainedByteCount = 512 << 20
    private static let compressedDivisor = 8

    private let directory: LogDirectory
    let log: PartitionLog
    private var feed: RecordFeed
    private var builder: RecordBatchBuilder

    init(
        path: String, pool: PayloadPool, batchSize: Int, compression: Compression
    ) throws(RooflineError) {
        let compressor: SharedCompressor
        do {
            compressor = try SharedCompressor(compression)
        } catch {
            throw RooflineError(error)
        }
        let divisor = compression.codec == .none ? 1 : Self.compressedDivisor
        (directory, log) = try Self.open(path, batchSize: batchSize, divisor: divisor)
        feed = RecordFeed(pool, timestamp: WallClock.now() / 1_000_000)
        builder = RecordBatchBuilder(batchSize: batchSize, sharing: compressor)
    }

    private static func open(
        _ path: String, batchSize: Int, divisor: Int
    ) throws(RooflineError) -> (LogDirectory, PartitionLog) {
        do {
            let directory = try LogDirectory(path: path)
            if !directory.topics.isEmpty { try directory.deleteTopic("roofline") }
            let logs = try directory.createTopic(
                "roofline", partitions: 1,
                config: [
                    "segment.bytes": "\(segmentByteCount / divisor)",
                    "retention.bytes": "\(retainedByteCount / divisor)",
                    "max.message.bytes": "\(batchSize + 4096)", "file.delete.delay.ms": "0",
                ])
            return (directory, logs[0])
        } catch {
            throw RooflineError(error)
        }
    }

    /// Encodes, seals and appends one batch; returns its size before compression.
    mutating func append() throws(RooflineError) -> Int {
        feed.fill(&builder)
        do {
            try builder.seal()
            _ = try unsafe log.append(builder.sealedBytes, validation: .trusted)
        } catch {
            throw RooflineError(error)
        }
        return builder.uncompressedByteCount
    }

    /// Appends until this many bytes, before compression, were appended.
    mutating func fill(byteCount: Int) throws(RooflineError) {
        var filled = 0
        while filled < byteCount { filled += try append() }
    }

    /// Appends until retention deletes segments; from then on the log reuses memory. In a virtual
    /// machine the first touch of a page is slow, which makes the first gigabyte of a log several
    /// times slower than the next.
    mutating func fillToRetention() throws(RooflineError) {
        while log.logStartOffset == .zero { _ = try append() }
    }

    consuming func close() throws(RooflineError) {
        do {
            try directory.deleteTopic("roofline")
            try directory.close()
        } catch {
            throw RooflineError(error)
        }
    }
}
