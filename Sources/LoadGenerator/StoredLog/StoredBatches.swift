import RecordFormat

/// Batches of a stored log, decompressed, as they are stored and as larger ones: what codecs are
/// measured on instead of a payload.
///
/// Memory: the records once for each size of batches.
///
/// Thread contract: one owner while it is filled; immutable afterwards.
@safe
public final class StoredBatches: @unchecked Sendable {
    /// Batches of one size.
    final class Filling {
        let mergedCount: Int
        fileprivate(set) var blocks = CodecBlocks()
        fileprivate(set) var recordCounts: [Int] = []
        /// Keys, values and headers of each batch.
        fileprivate(set) var payloadByteCounts: [Int] = []
        /// What is being merged.
        private var rewriter = RecordBatchRewriter()
        private var first: RecordBatchHeader?
        private var pendingCount = 0
        private var pendingPayload = 0
        private var pendingBytes = 0

        init(mergedCount: Int) { self.mergedCount = mergedCount }

        /// Adds the records of a batch to the one that is being merged.
        fileprivate func add(
            _ records: RawSpan, _ header: RecordBatchHeader, payloadByteCount: Int
        ) throws(RecordFormatError) {
            let first = self.first ?? header
            self.first = first
            let offsetShift = header.baseOffset - first.baseOffset
            guard offsetShift >= 0, offsetShift < Int64(Int32.max) else { return drop() }
            var iterator = RecordIterator(records, count: Int(header.recordCount))
            while var record = try iterator.next() {
                let time = header.timestamp(of: record) &- first.baseTimestamp
                record.offsetDelta &+= Int(offsetShift)
                rewriter.append(record, of: iterator.bytes, timestampDelta: time)
            }
            pendingCount += 1
            pendingPayload += payloadByteCount
            pendingBytes += records.byteCount
            guard pendingCount == mergedCount || pendingBytes >= BatchFilling.largestByteCount / 2
            else { return }
            let sealed = try unsafe rewriter.seal(first, compression: .none)
            unsafe blocks.append(
                UnsafeRawBufferPointer(rebasing: sealed[RecordBatchHeader.byteCount...]))
            blocks.endBlock()
            recordCounts.append(rewriter.recordCount)
            payloadByteCounts.append(pendingPayload)
            drop()
        }

        /// Forgets what is not yet a whole batch.
        fileprivate func drop() {
            rewriter.reset()
            (first, pendingCount, pendingPayload, pendingBytes) = (nil, 0, 0, 0)
        }
    }

    let fillings: [Filling]
    /// The stored size of each batch as it is, header included.
    private(set) var storedByteCounts: [Int] = []
    /// Where each run of batches that follow one another begins.
    private(set) var stretchStarts: [Int] = []

    /// How many stored batches become one.
    static let mergedCounts = [1, 4, 16]

    init() { fillings = Self.mergedCounts.map(Filling.init(mergedCount:)) }

    public var batchCount: Int { storedByteCounts.count }
    /// Of all batches, header included.
    public var storedByteCount: Int { storedByteCounts.reduce(0, +) }

    /// The batches that follow come from elsewhere.
    func beginStretch() {
        for filling in fillings { filling.drop() }
        if stretchStarts.last != batchCount { stretchStarts.append(batchCount) }
    }

    /// - Parameter records: uncompressed; all are decoded, so that nothing unsound is kept.
    func add(
        _ records: RawSpan, _ header: RecordBatchHeader
    ) throws(RecordFormatError) {
        // Compaction leaves batches without a record.
        guard header.recordCount > 0 else { return }
        var payloadByteCount = 0
        var iterator = RecordIterator(records, count: Int(header.recordCount))
        while let record = try iterator.next() {
            payloadByteCount +=
                max(record.key.count, 0) + max(record.value.count, 0) + max(record.headers.count, 0)
        }
        storedByteCounts.append(header.sizeInBytes)
        for filling in fillings {
            try filling.add(records, header, payloadByteCount: payloadByteCount)
        }
    }
}
