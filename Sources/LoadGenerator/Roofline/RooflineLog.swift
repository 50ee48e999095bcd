import CommitLog
import Measurement
import RecordFormat

/// One partition that the roofline appends to and reads from, with the engine's own writer before it.
///
/// Thread contract: one owner.
struct RooflineLog: ~Copyable {
    static let segmentByteCount = 128 << 20
    static let retainedByteCount = 512 << 20

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
        (directory, log) = try Self.open(path, batchSize: batchSize)
        feed = RecordFeed(pool, timestamp: WallClock.now() / 1_000_000)
        builder = RecordBatchBuilder(batchSize: batchSize, sharing: compressor)
    }

    private static func open(
        _ path: String, batchSize: Int
    ) throws(RooflineError) -> (LogDirectory, PartitionLog) {
        do {
            let directory = try LogDirectory(path: path)
            if !directory.topics.isEmpty { try directory.deleteTopic("roofline") }
            let logs = try directory.createTopic(
                "roofline", partitions: 1,
                config: [
                    "segment.bytes": "\(segmentByteCount)",
                    "retention.bytes": "\(retainedByteCount)",
                    "max.message.bytes": "\(batchSize + 4096)",
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

    /// Appends until so many bytes, before compression, were appended.
    mutating func fill(byteCount: Int) throws(RooflineError) {
        var filled = 0
        while filled < byteCount { filled += try append() }
    }

    consuming func close() throws(RooflineError) {
        do {
            try directory.close()
        } catch {
            throw RooflineError(error)
        }
    }
}
