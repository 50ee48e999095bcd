import RecordFormat

/// What a benchmark of the codec alone would show of the same batches: libzstd's own speed on the
/// same blocks, and how much smaller keys and values get without Kafka's record framing.
///
/// Measured on some visits, since it takes the work of a visit up to three times more. Our own calls
/// are timed again there, before libzstd's and after them in turn: what comes second finds the block
/// in the cache.
///
/// Thread contract: one owner.
final class BareCodec {
    private let compression: Compression
    private var visits = 0
    private var storedByteCount = 0
    private var bareByteCount = 0
    /// Of the same visits.
    private var ownNanos = (compress: Int64(0), decompress: Int64(0))
    private var zstdNanos = (compress: Int64(0), decompress: Int64(0))
    /// Made for the largest block so far.
    private var zstd: ZstdContext?

    /// libzstd's contexts, as an object that may be absent.
    private final class ZstdContext {
        let zstd: BareZstd
        let blockByteCount: Int

        init(level: Int, blockByteCount: Int) throws(RooflineError) {
            zstd = try BareZstd(level: level, blockByteCount: blockByteCount)
            self.blockByteCount = blockByteCount
        }
    }

    /// The second visit, and each fourth after it.
    static func isDue(onVisit visit: Int) -> Bool { visit % 4 == 1 }

    init(_ compression: Compression) { self.compression = compression }

    /// Stored bytes of batches ÷ what the codec makes of their keys and values alone.
    var gainWithoutFraming: Double? { Self.share(storedByteCount, of: bareByteCount) }
    var compressShare: Double? { Self.share(zstdNanos.compress, of: ownNanos.compress) }
    var decompressShare: Double? { Self.share(zstdNanos.decompress, of: ownNanos.decompress) }

    /// - Parameters:
    ///   - chosen: the indices of the batches of the visit.
    ///   - work: holds their blocks, plain and compressed; afterwards others.
    func measure(
        _ chosen: [Int], of batches: borrowing SampleBatches, _ work: inout CodecWork,
        with compressor: inout Compressor, clock: () -> Int64
    ) throws {
        storedByteCount += work.packed.byteCount + work.packed.count * RecordBatchHeader.byteCount
        if compression.codec == .zstd {
            if visits.isMultiple(of: 2) { try measureOwn(&work, with: &compressor, clock: clock) }
            try measureZstd(work, clock: clock)
            if !visits.isMultiple(of: 2) { try measureOwn(&work, with: &compressor, clock: clock) }
        }
        work.plain.removeAll()
        for index in chosen { try batches.addPayload(of: index, to: &work.plain) }
        _ = try work.compress(with: &compressor, clock: clock)
        bareByteCount += work.packed.byteCount
        visits += 1
    }

    private func measureOwn(
        _ work: inout CodecWork, with compressor: inout Compressor, clock: () -> Int64
    ) throws(RecordFormatError) {
        ownNanos.compress += try work.compress(with: &compressor, clock: clock)
        ownNanos.decompress += try work.decompress(.zstd, checks: false, clock: clock) ?? 0
    }

    private func measureZstd(
        _ work: borrowing CodecWork, clock: () -> Int64
    ) throws(RooflineError) {
        let context = try context(for: work)
        // Its first block allocates, as the engine's did on its first visit.
        _ = try unsafe context.zstd.compress(work.plain.block(0))
        var start = clock()
        for index in 0..<work.plain.count {
            _ = try unsafe context.zstd.compress(work.plain.block(index))
        }
        zstdNanos.compress += clock() - start
        start = clock()
        for index in 0..<work.packed.count {
            _ = try unsafe context.zstd.decompress(work.packed.block(index))
        }
        zstdNanos.decompress += clock() - start
    }

    private func context(for work: borrowing CodecWork) throws(RooflineError) -> ZstdContext {
        var largest = 0
        for index in 0..<work.plain.count {
            largest = max(largest, unsafe work.plain.block(index).count)
        }
        if let zstd, zstd.blockByteCount >= largest { return zstd }
        // Kafka's default, as the compressor has it.
        let level = compression.level ?? CompressionCodec.zstd.defaultLevel ?? 3
        let new = try ZstdContext(level: level, blockByteCount: largest)
        zstd = new
        return new
    }

    private static func share<Number: BinaryInteger>(
        _ part: Number, of whole: Number
    ) -> Double? {
        part > 0 && whole > 0 ? Double(part) / Double(whole) : nil
    }
}
