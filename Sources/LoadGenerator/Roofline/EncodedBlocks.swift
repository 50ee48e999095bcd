import RecordFormat

/// Batches of a pool's records, encoded once and not compressed: the input of the bare operations,
/// larger than a core's caches.
@safe
struct EncodedBlocks: ~Copyable {
    private static let byteCount = 64 << 20

    let batchSize: Int
    let count: Int
    /// One batch every `batchSize` bytes, padded with zeros.
    let bytes: UnsafeRawBufferPointer
    private var ends: [Int] = []

    init(pool: PayloadPool, batchSize: Int) throws(RooflineError) {
        self.batchSize = batchSize
        count = max(Self.byteCount / batchSize, 4)
        let bytes = UnsafeMutableRawBufferPointer.allocate(
            byteCount: count * batchSize, alignment: 4096)
        unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0)
        unsafe self.bytes = UnsafeRawBufferPointer(bytes)
        var feed = RecordFeed(pool, timestamp: 0)
        do {
            var builder = try RecordBatchBuilder(batchSize: batchSize)
            for index in 0..<count {
                feed.fill(&builder)
                try builder.seal()
                let sealed = unsafe builder.sealedBytes
                // A single record larger than a batch would not fit its block.
                let fitting = min(sealed.count, batchSize)
                unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[(index * batchSize)...])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: sealed[..<fitting]))
                ends.append(index * batchSize + fitting)
            }
        } catch {
            throw RooflineError(error)
        }
    }

    deinit {
        unsafe bytes.deallocate()
    }

    /// The size of a batch, header included: a little less than `batchSize`, since no record is cut.
    var meanByteCount: Int {
        let sizes = ends.enumerated().map { index, end in end - index * batchSize }
        return sizes.reduce(0, +) / count
    }

    /// The records of one batch, without its header: the input of a codec.
    func records(_ index: Int) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(
            rebasing: bytes[(index * batchSize + RecordBatchHeader.byteCount)..<ends[index]])
    }
}
