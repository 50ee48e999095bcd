import Measurement
import RecordFormat

/// The limits of this machine for the shares of a run's rates: measured right before the run and
/// again right after it, on its own payload at its own batch size.
public struct RunLimits: Sendable {
    /// Bytes a second of each slice.
    private var write: [Double] = []
    private var crc32c: [Double] = []
    private var compression: [Double] = []
    private var decompression: [Double] = []
    /// Flushes a second of each slice.
    private var fdatasync: [Double] = []
    private var socketWrite: [Double] = []
    private var sendfile: [Double] = []

    /// Those of the disk where the log is in this process, those of loopback where it is behind a network.
    ///
    /// - Parameters:
    ///   - directory: on the filesystem of the run's log; files are created and deleted in it.
    ///   - schedule: of each limit.
    public init(
        profile: Profile, pool: PayloadPool, directory: String,
        schedule: ProbeSchedule = ProbeSchedule(
            warmupNanos: 100_000_000, sliceNanos: 200_000_000, slices: 3)
    ) throws(RooflineError) {
        let batchSize = profile.producers.batchSize
        let blocks = try EncodedBlocks(pool: pool, batchSize: batchSize)
        do {
            let stored = try measureProcessor(blocks, profile.producers.compression, schedule)
            if profile.target.isOnNetwork {
                try measureLoopback(blocks, stored, directory, schedule)
                return
            }
            let files = FileLife(profile)
            write = try unsafe WriteProbe.run(
                directory: directory, payload: blocks.bytes, blockByteCount: stored,
                segmentByteCount: files.segmentByteCount,
                retainedByteCount: files.retainedByteCount, schedule: schedule
            ).bytesPerSecond
            if profile.topics.config["flush.messages"] != nil {
                fdatasync = try unsafe FlushProbe.run(
                    directory: directory, payload: blocks.bytes, blockByteCount: stored,
                    segmentByteCount: files.segmentByteCount,
                    retainedByteCount: files.retainedByteCount, schedule: schedule
                ).operationsPerSecond
            }
        } catch {
            throw RooflineError(error)
        }
    }

    /// Bare sockets, with blocks of the size of a stored batch.
    private mutating func measureLoopback(
        _ blocks: borrowing EncodedBlocks, _ blockByteCount: Int, _ directory: String,
        _ schedule: ProbeSchedule
    ) throws(ProbeError) {
        socketWrite = try unsafe SocketWriteProbe.run(
            payload: blocks.bytes, blockByteCount: blockByteCount, schedule: schedule
        ).bytesPerSecond
        sendfile = try unsafe SendfileProbe.run(
            directory: directory, payload: blocks.bytes, blockByteCount: blockByteCount,
            schedule: schedule
        ).bytesPerSecond
    }

    /// The sizes at which the log's files roll and are deleted; the bare writes use the same.
    private struct FileLife {
        /// The most bytes to write for the measurement.
        private static let limit = 1 << 30

        let segmentByteCount: Int
        let retainedByteCount: Int

        init(_ profile: Profile) {
            func setting(_ key: String) -> Int {
                let value = profile.topics.config[key].flatMap { Int($0) } ?? -1
                return value > 0 ? min(value, Self.limit) : Self.limit
            }
            segmentByteCount = setting("segment.bytes")
            retainedByteCount = setting("retention.bytes")
        }
    }

    /// The limits of one core; returns the mean size of a batch as it would be stored.
    private mutating func measureProcessor(
        _ blocks: borrowing EncodedBlocks, _ compression: Compression, _ schedule: ProbeSchedule
    ) throws(RecordFormatError) -> Int {
        let batchSize = blocks.batchSize
        var (index, checksum) = (0, UInt32(0))
        crc32c =
            ProbeLoop.measure("crc32c", blockByteCount: batchSize, schedule: schedule) {
                () throws(Never) in
                index = (index + 1) % blocks.count
                let records = unsafe blocks.records(index)
                checksum ^= unsafe CRC32C.checksum(records)
                return records.count
            }.bytesPerSecond
        guard compression.codec != .none else { return blocks.meanByteCount }
        var compressor = try Compressor(compression)
        let output = UnsafeMutableRawBufferPointer.allocate(
            byteCount: compressor.bound(batchSize), alignment: 64)
        defer { unsafe output.deallocate() }
        var compressed: [[UInt8]] = []
        for index in 0..<blocks.count {
            let count = try unsafe compressor.compress(blocks.records(index), into: output)
            compressed.append(unsafe [UInt8](output[..<count]))
        }
        self.compression = try ProbeLoop.measure(
            "compress", blockByteCount: batchSize, schedule: schedule
        ) { () throws(RecordFormatError) in
            index = (index + 1) % blocks.count
            let records = unsafe blocks.records(index)
            _ = try unsafe compressor.compress(records, into: output)
            return records.count
        }.bytesPerSecond
        var decompressor = Decompressor()
        decompression = try ProbeLoop.measure(
            "decompress", blockByteCount: batchSize, schedule: schedule
        ) { () throws(RecordFormatError) in
            index = (index + 1) % blocks.count
            return try decompressor.byteCount(of: compressed[index], codec: compression.codec)
        }.bytesPerSecond
        let compressedByteCount = compressed.reduce(0) { $0 + $1.count }
        return RecordBatchHeader.byteCount + compressedByteCount / compressed.count
    }

    /// Adds the slices of a later measurement.
    public mutating func add(_ later: RunLimits) {
        write += later.write
        crc32c += later.crc32c
        compression += later.compression
        decompression += later.decompression
        fdatasync += later.fdatasync
        socketWrite += later.socketWrite
        sendfile += later.sendfile
    }

    // MARK: Shares

    /// A run's rates as shares of these limits: 1 is the limit. Nil if the run has no such rate.
    public struct Shares: Sendable {
        /// Stored bytes a second of bare `write`.
        public var ofWrite: Double?
        /// Consumed bytes a second, as stored, of bare CRC-32C.
        public var ofCRC32C: Double?
        /// Batch bytes before compression, of the codec alone on as many threads as the producers.
        public var ofCompression: Double?
        /// Decompressed bytes consumed, of the codec alone on one thread.
        public var ofDecompression: Double?
        /// Flushes a second of bare `fdatasync`.
        public var ofFdatasync: Double?
        /// Stored bytes a second of bare writes to a socket: what the producers send.
        public var ofSocketWrite: Double?
        /// Consumed bytes a second, as stored, of a bare `sendfile` loop.
        public var ofSendfile: Double?
    }

    public func shares(of result: RunResult, threads: Int) -> Shares {
        guard result.measuredNanos > 0 else { return Shares() }
        let seconds = Double(result.measuredNanos) / 1e9
        let producers = result.producers
        let ratio = Double(producers.uncompressedBatchBytes) / Double(max(producers.storedBytes, 1))
        let consumed = result.groups.reduce(0.0) { sum, group in
            sum + Double(group.tally.storedBytes) / (Double(group.measuredNanos) / 1e9)
        }
        func share(_ rate: Double, _ limit: [Double]) -> Double? {
            guard rate > 0, let limit = Statistics.median(limit) else { return nil }
            return rate / limit
        }
        return Shares(
            ofWrite: share(Double(producers.storedBytes) / seconds, write),
            ofCRC32C: share(consumed, crc32c),
            ofCompression: share(
                Double(producers.uncompressedBatchBytes) / seconds / Double(threads), compression),
            ofDecompression: share(consumed * ratio, decompression),
            ofFdatasync: share(Double(result.machine.flushes ?? 0) / seconds, fdatasync),
            ofSocketWrite: share(Double(producers.storedBytes) / seconds, socketWrite),
            ofSendfile: share(consumed, sendfile))
    }
}

extension Decompressor {
    fileprivate mutating func byteCount(
        of block: [UInt8], codec: CompressionCodec
    ) throws(RecordFormatError) -> Int {
        let records = try unsafe decompress(block.span.bytes, codec: codec)
        return records.byteCount
    }
}
