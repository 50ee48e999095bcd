import CommitLog
import Measurement
import RecordFormat

extension EngineShare {
    /// The engine's append with zstd compared with libzstd alone on the same records in the same
    /// blocks. Rates count bytes before compression.
    static func compressedAppend(
        pool: PayloadPool, detail: String, level: Int, batchSize: Int, directory: String,
        schedule: ProbeSchedule
    ) throws(RooflineError) -> EngineShare {
        var log = try RooflineLog(
            path: directory + "/zstd", pool: pool, batchSize: batchSize, compression: .zstd(level))
        try log.fillToRetention()
        let blocks = try EncodedBlocks(pool: pool, batchSize: batchSize)
        let zstd = try BareZstd(level: level, blockByteCount: batchSize)
        var index = 0
        let share = try measure(
            "append zstd:\(level)", against: "libzstd compress", detail: detail,
            blockByteCount: batchSize, schedule: schedule,
            limitOperation: { () throws(RooflineError) in
                index = (index + 1) % blocks.count
                let records = unsafe blocks.records(index)
                _ = try unsafe zstd.compress(records)
                return records.count
            },
            engineOperation: { () throws(RooflineError) in try log.append() })
        try log.close()
        return share
    }

    /// The engine's fetch of uncompressed batches, with every checksum verified and every record
    /// visited, compared with the bare CRC-32C of the same bytes.
    static func fetch(
        pool: PayloadPool, detail: String, batchSize: Int, directory: String,
        schedule: ProbeSchedule
    ) throws(RooflineError) -> EngineShare {
        var log = try RooflineLog(
            path: directory + "/fetch", pool: pool, batchSize: batchSize, compression: .none)
        let blocks = try EncodedBlocks(pool: pool, batchSize: batchSize)
        try unsafe log.fill(byteCount: blocks.bytes.count)
        var fetcher = RooflineFetcher(log.log)
        var index = 0
        var checksum: UInt32 = 0
        let share = try measure(
            "fetch", against: "crc32c", detail: detail, blockByteCount: batchSize,
            schedule: schedule,
            limitOperation: { () throws(RooflineError) in
                index = (index + 1) % blocks.count
                let records = unsafe blocks.records(index)
                checksum ^= unsafe CRC32C.checksum(records)
                return records.count
            },
            engineOperation: { () throws(RooflineError) in try fetcher.fetch().stored })
        try log.close()
        return share
    }

    /// The same with zstd, compared with libzstd's decompression alone. Rates count decompressed
    /// bytes.
    static func compressedFetch(
        pool: PayloadPool, detail: String, level: Int, batchSize: Int, directory: String,
        schedule: ProbeSchedule
    ) throws(RooflineError) -> EngineShare {
        var log = try RooflineLog(
            path: directory + "/zstd-fetch", pool: pool, batchSize: batchSize,
            compression: .zstd(level))
        let blocks = try EncodedBlocks(pool: pool, batchSize: batchSize)
        try unsafe log.fill(byteCount: blocks.bytes.count)
        let zstd = try BareZstd(level: level, blockByteCount: batchSize)
        var compressed: [[UInt8]] = []
        for index in 0..<blocks.count {
            compressed.append(unsafe [UInt8](try zstd.compress(blocks.records(index))))
        }
        var fetcher = RooflineFetcher(log.log)
        var index = 0
        let share = try measure(
            "fetch zstd:\(level)", against: "libzstd decompress", detail: detail,
            blockByteCount: batchSize, schedule: schedule,
            limitOperation: { () throws(RooflineError) in
                index = (index + 1) % compressed.count
                var byteCount: Result<Int, RooflineError> = .success(0)
                unsafe compressed[index].withUnsafeBytes { block in
                    do throws(RooflineError) {
                        byteCount = .success(try unsafe zstd.decompress(block))
                    } catch {
                        byteCount = .failure(error)
                    }
                }
                return try byteCount.get()
            },
            engineOperation: { () throws(RooflineError) in try fetcher.fetch().records })
        try log.close()
        return share
    }
}

/// Reads a partition repeatedly as an embedded consumer does, visiting every record.
private struct RooflineFetcher: ~Copyable {
    private static let maxBytes = 1 << 20

    private let log: PartitionLog
    private var offset: Offset
    private var cursor = FetchCursor()
    private var window = MappedWindow()
    private var reader = RecordBatchReader()

    init(_ log: PartitionLog) {
        self.log = log
        offset = log.logStartOffset
    }

    /// One fetch: the bytes as stored, and those of the records, decompressed.
    mutating func fetch() throws(RooflineError) -> (stored: Int, records: Int) {
        do {
            if offset >= log.logEndOffset { offset = log.logStartOffset }
            guard
                let slice = try log.read(from: offset, maxBytes: Self.maxBytes, cursor: &cursor)
            else { throw RooflineError("the log is empty") }
            offset = slice.nextOffset
            return (slice.byteCount, try window.visitRecords(of: slice, with: &reader))
        } catch {
            throw RooflineError(error)
        }
    }
}

extension MappedWindow {
    /// Verifies a slice's batches and visits every record; returns the records' bytes, decompressed.
    fileprivate mutating func visitRecords(
        of slice: FileSlice, with reader: inout RecordBatchReader
    ) throws -> Int {
        let bytes = try bytes(of: slice)
        var (place, recordBytes, valueBytes) = (0, 0, 0)
        while place < bytes.byteCount {
            let batch = bytes.extracting(droppingFirst: place)
            let header = try RecordBatchHeader(batch)
            recordBytes += try reader.withRecords(
                of: batch, header: header, verifyChecksum: true
            ) { (records: inout RecordIterator) throws(RecordFormatError) in
                while let record = try records.next() { valueBytes &+= record.value.count }
                return records.bytes.byteCount
            }
            place += header.sizeInBytes
        }
        precondition(valueBytes > 0, "records of the roofline have values")
        return recordBytes
    }
}
