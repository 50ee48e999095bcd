internal import CLZ4

/// LZ4's frame format through liblz4. It writes the same frames as the Java client: independent
/// blocks of 64 KiB, no content size, no checksum but the descriptor's. It reads any frame.
///
///     magic | FLG | BD | checksum | blocks: byteCount u32 (top bit: stored), bytes | end mark 0
///
/// All integers are little-endian. The frame is written here, over liblz4's block functions,
/// because liblz4's frame functions do not offer levels 1 and 2 of its slower compressor.
enum LZ4 {
    /// Version 1, independent blocks; block size 4 (64 KiB); the second byte of XXH32 over these two.
    private static let frameHeader: [UInt8] = [0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82]
    private static let endMarkByteCount = 4
    private static let blockLengthByteCount = 4
    private static let blockByteCount = 64 << 10
    private static let storedBit: UInt32 = 1 << 31

    /// The level at which Kafka uses the fast compressor; all other levels use the slower one
    /// (KIP-390).
    private static let fastLevel = 9

    static func makeCompressor(level: Int) -> UnsafeMutableRawPointer {
        .allocate(byteCount: compressorByteCount(level: level), alignment: 16)
    }

    static func compressorByteCount(level: Int) -> Int {
        Int(level == fastLevel ? LZ4_sizeofState() : LZ4_sizeofStateHC())
    }

    static func bound(_ byteCount: Int) -> Int {
        let blocks = (byteCount + blockByteCount - 1) / blockByteCount
        // A block that would grow is stored uncompressed, so only the last one needs room to grow.
        let growth = Int(LZ4_compressBound(Int32(blockByteCount))) - blockByteCount
        return frameHeader.count + blocks * blockLengthByteCount + byteCount + growth
            + endMarkByteCount
    }

    static func compress(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer,
        with state: UnsafeMutableRawPointer, level: Int
    ) throws(RecordFormatError) -> Int {
        unsafe output.copyBytes(from: frameHeader)
        var position = frameHeader.count
        var read = 0
        while read < input.count {
            let count = min(blockByteCount, input.count - read)
            let source = unsafe UnsafeRawBufferPointer(rebasing: input[read..<(read + count)])
            let target = unsafe UnsafeMutableRawBufferPointer(
                rebasing: output[(position + blockLengthByteCount)...])
            var length = unsafe UInt32(compressBlock(source, into: target, state, level))
            // liblz4 returns 0 for failure; then the block is stored as well.
            if length == 0 || length >= UInt32(count) {
                unsafe target.copyMemory(from: source)
                length = UInt32(count)
                unsafe storeLittleEndian(length | storedBit, in: output, at: position)
            } else {
                unsafe storeLittleEndian(length, in: output, at: position)
            }
            position += blockLengthByteCount + Int(length)
            read += count
        }
        unsafe storeLittleEndian(0, in: output, at: position)
        return position + endMarkByteCount
    }

    private static func compressBlock(
        _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer,
        _ state: UnsafeMutableRawPointer, _ level: Int
    ) -> Int32 {
        let from = unsafe source.assumingMemoryBound(to: CChar.self).baseAddress
        let to = unsafe target.assumingMemoryBound(to: CChar.self).baseAddress
        let count = Int32(source.count)
        let capacity = Int32(clamping: target.count)
        return level == fastLevel
            ? unsafe LZ4_compress_fast_extState(state, from, to, count, capacity, 1)
            : unsafe LZ4_compress_HC_extStateHC(state, from, to, count, capacity, Int32(level))
    }

    private static func storeLittleEndian(
        _ value: UInt32, in output: UnsafeMutableRawBufferPointer, at position: Int
    ) {
        unsafe output.storeBytes(of: value.littleEndian, toByteOffset: position, as: UInt32.self)
    }

    static func makeDecompressor() throws(RecordFormatError) -> OpaquePointer {
        var context: OpaquePointer?
        let result = unsafe LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION))
        guard let context = unsafe context, LZ4F_isError(result) == 0 else {
            throw .codecFailed(.lz4, code: code(of: result))
        }
        return unsafe context
    }

    static func destroyDecompressor(_ context: OpaquePointer) {
        _ = unsafe LZ4F_freeDecompressionContext(context)
    }

    /// Concatenated frames are one stream, by the format.
    static func decompress(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer,
        with context: OpaquePointer
    ) throws(RecordFormatError) -> Int? {
        unsafe LZ4F_resetDecompressionContext(context)
        // The output does not move while a batch is decompressed: blocks may refer to it.
        var options = LZ4F_decompressOptions_t()
        options.stableDst = 1
        var read = 0
        var written = 0
        while true {
            var sourceCount = input.count - read
            var targetCount = output.count - written
            let hint = unsafe LZ4F_decompress(
                context, output.baseAddress.map { unsafe $0 + written }, &targetCount,
                input.baseAddress.map { unsafe $0 + read }, &sourceCount, &options)
            guard LZ4F_isError(hint) == 0 else {
                throw .codecFailed(.lz4, code: code(of: hint))
            }
            read += sourceCount
            written += targetCount
            // A hint of 0 ends a frame.
            if hint == 0, read == input.count { return written }
            if sourceCount == 0, targetCount == 0 {
                if written == output.count, read < input.count { return nil }
                throw .truncated(needed: input.count + 1, available: input.count)
            }
        }
    }

    /// liblz4 returns its error codes negated.
    private static func code(of result: Int) -> Int { 0 &- result }
}
