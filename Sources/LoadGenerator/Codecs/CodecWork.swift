import RecordFormat

/// The blocks of one visit, as the codec gets and makes them, and the decompressor that all cells
/// share.
///
/// Thread contract: one owner.
struct CodecWork: ~Copyable {
    var plain = CodecBlocks()
    private(set) var packed = CodecBlocks()
    private var decompressor = Decompressor()

    /// Compresses all blocks and returns the time that it took.
    mutating func compress(
        with compressor: inout Compressor, clock: () -> Int64
    ) throws(RecordFormatError) -> Int64 {
        packed.removeAll()
        var bound = 0
        for index in 0..<plain.count { bound += compressor.bound(unsafe plain.block(index).count) }
        // Before the clock is read, since it may allocate.
        _ = unsafe packed.room(for: bound)
        let start = clock()
        for index in 0..<plain.count {
            let block = unsafe plain.block(index)
            let room = unsafe packed.room(for: compressor.bound(block.count))
            packed.addBlock(filled: try unsafe compressor.compress(block, into: room))
        }
        return clock() - start
    }

    /// Decompresses what was compressed.
    /// - Parameter checks: whether every byte is compared, outside of the time.
    /// - Returns: the time that it took; nil if other bytes came out.
    mutating func decompress(
        _ codec: CompressionCodec, checks: Bool, clock: () -> Int64
    ) throws(RecordFormatError) -> Int64? {
        if checks {
            for index in 0..<packed.count where try !isFaithful(index, codec) { return nil }
        }
        var byteCount = 0
        let start = clock()
        for index in 0..<packed.count { byteCount += try unpackedByteCount(index, codec) }
        let nanos = clock() - start
        return byteCount == plain.byteCount ? nanos : nil
    }

    private mutating func unpackedByteCount(
        _ index: Int, _ codec: CompressionCodec
    ) throws(RecordFormatError) -> Int {
        let block = unsafe RawSpan(_unsafeBytes: packed.block(index))
        return try decompressor.decompress(block, codec: codec).byteCount
    }

    private mutating func isFaithful(
        _ index: Int, _ codec: CompressionCodec
    ) throws(RecordFormatError) -> Bool {
        let block = unsafe RawSpan(_unsafeBytes: packed.block(index))
        let expected = unsafe plain.block(index)
        let bytes = try decompressor.decompress(block, codec: codec)
        return unsafe bytes.withUnsafeBytes { unsafe $0.elementsEqual(expected) }
    }
}
