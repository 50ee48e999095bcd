import RecordFormat

/// A sample's records as batches of one filling.
///
/// Those of a payload are encoded when they are asked for, at timestamps of records that come at the given
/// rate. Only full batches count: what is left at the end makes no batch, since it would compress worse
/// than those of a steady load. Those of a stored log are as they were read.
///
/// Thread contract: one owner.
struct SampleBatches: ~Copyable {
    private enum Source {
        case pool(PayloadPool)
        case stored(StoredBatches.Filling)
    }

    private let source: Source
    let filling: BatchFilling
    /// Of the sample's records; one for each batch.
    private(set) var ranges: [Range<Int>] = []
    /// Of all batches, uncompressed, headers included.
    private(set) var byteCount = 0
    /// Keys, values and headers in all batches.
    private(set) var payloadByteCount = 0
    /// Batches of a single record that is larger than `batch.size`.
    private(set) var oversizedCount = 0
    /// The stored size of each batch, and of all, with a fast codec.
    private(set) var weights: [Int32] = []
    private(set) var weight = 0
    private var builder: RecordBatchBuilder
    private let recordsPerMillisecond: Double?

    /// - Parameter recordsPerSecond: nil gives all records of a batch the same time.
    init(
        _ pool: PayloadPool, filling: BatchFilling, recordsPerSecond: Double?
    ) throws(RecordFormatError) {
        source = .pool(pool)
        self.filling = filling
        recordsPerMillisecond = recordsPerSecond.map { $0 / 1_000 }
        builder = try RecordBatchBuilder(batchSize: filling.batchSize)
        cut(pool)
    }

    init(_ stored: StoredBatches.Filling) throws(RecordFormatError) {
        source = .stored(stored)
        filling = .stored(stored.mergedCount)
        recordsPerMillisecond = nil
        // Nothing is encoded.
        builder = try RecordBatchBuilder(batchSize: 1)
        var start = 0
        for (index, count) in stored.recordCounts.enumerated() {
            ranges.append(start..<(start + count))
            start += count
            byteCount += unsafe RecordBatchHeader.byteCount + stored.blocks.block(index).count
            payloadByteCount += stored.payloadByteCounts[index]
        }
    }

    var recordCount: Int { ranges.reduce(0) { $0 + $1.count } }

    /// The records of a batch without its header, the input of a codec; valid until the next call.
    mutating func records(of index: Int) throws(RecordFormatError) -> UnsafeRawBufferPointer {
        switch source {
        case .stored(let stored): return unsafe stored.blocks.block(index)
        case .pool(let pool):
            builder.reset()
            for place in ranges[index] { _ = append(place, of: pool) }
            try builder.seal()
            return unsafe UnsafeRawBufferPointer(
                rebasing: builder.sealedBytes[RecordBatchHeader.byteCount...])
        }
    }

    /// Adds the keys, values and headers of a batch as one block, one after the other.
    func addPayload(
        of index: Int, to blocks: inout CodecBlocks
    ) throws(RecordFormatError) {
        switch source {
        case .pool(let pool):
            for place in ranges[index] {
                if let key = unsafe pool.key(place) { unsafe blocks.append(key) }
                unsafe blocks.append(pool.value(place))
                unsafe blocks.append(pool.headers(place))
            }
        case .stored(let stored):
            let bytes = unsafe RawSpan(_unsafeBytes: stored.blocks.block(index))
            var iterator = RecordIterator(bytes, count: ranges[index].count)
            while let record = try iterator.next() {
                for field in [record.key, record.value, record.headers] where !field.isNull {
                    unsafe bytes.bytes(of: field).withUnsafeBytes { unsafe blocks.append($0) }
                }
            }
        }
        blocks.endBlock()
    }

    /// Compresses every batch once with a fast codec. By how a slower one compares with it on some
    /// batches, the size of the others is known, too: batches that differ much compress well or badly
    /// with every codec.
    mutating func weigh() throws(RecordFormatError) {
        var compressor = try Compressor(Self.reference)
        var packed = CodecBlocks()
        for index in ranges.indices {
            let records = try unsafe self.records(of: index)
            packed.removeAll()
            let room = unsafe packed.room(for: compressor.bound(records.count))
            let count = try unsafe compressor.compress(records, into: room)
            weights.append(Int32(RecordBatchHeader.byteCount + count))
        }
        weight = weights.reduce(0) { $0 + Int($1) }
    }

    private static let reference = Compression.zstd(1)

    private mutating func cut(_ pool: PayloadPool) {
        var start = 0
        while start < pool.count {
            builder.reset()
            var end = start
            while end < pool.count, end - start < filling.mostRecords, append(end, of: pool) {
                end += 1
            }
            let isFull = end < pool.count || end - start == filling.mostRecords
            if builder.uncompressedByteCount > filling.batchSize { oversizedCount += 1 }
            guard isFull || ranges.isEmpty && isBySize else { return }
            add(start..<end, of: pool)
            start = end
        }
    }

    /// A batch of a size has some records, however few there are.
    private var isBySize: Bool { if case .batchSize = filling { true } else { false } }

    private mutating func add(_ range: Range<Int>, of pool: PayloadPool) {
        ranges.append(range)
        byteCount += builder.uncompressedByteCount
        for place in range {
            payloadByteCount +=
                unsafe pool.value(place).count + (pool.key(place)?.count ?? 0)
                + pool.headers(place).count
        }
    }

    private mutating func append(_ place: Int, of pool: PayloadPool) -> Bool {
        let timestamp = recordsPerMillisecond.map { Int64(Double(place) / $0) } ?? 0
        return unsafe builder.append(
            timestamp: timestamp, key: pool.key(place), value: pool.value(place),
            headers: pool.headers(place), valueIsPadded: true)
    }
}
