internal import CZstd

/// zstd through libzstd: one frame a batch, its content size stated, no checksum of its own (the batch has
/// one).
enum Zstd {
    static func makeCompressor(level: Int) throws(RecordFormatError) -> OpaquePointer {
        guard let context = unsafe ZSTD_createCCtx() else {
            throw .codecFailed(.zstd, code: Int(ZSTD_error_memory_allocation.rawValue))
        }
        do throws(RecordFormatError) {
            _ = try checked(
                unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(level)))
        } catch {
            unsafe destroyCompressor(context)
            throw error
        }
        return unsafe context
    }

    static func destroyCompressor(_ context: OpaquePointer) {
        _ = unsafe ZSTD_freeCCtx(context)
    }

    static func byteCount(ofCompressor context: OpaquePointer) -> Int {
        unsafe ZSTD_sizeof_CCtx(context)
    }

    static func bound(_ byteCount: Int) -> Int { ZSTD_compressBound(byteCount) }

    /// In one call: libzstd then knows the size, chooses its tables by it, and writes straight into
    /// the output.
    static func compress(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer,
        with context: OpaquePointer
    ) throws(RecordFormatError) -> Int {
        try checked(
            unsafe ZSTD_compress2(
                context, output.baseAddress, output.count, input.baseAddress, input.count))
    }

    static func makeDecompressor() throws(RecordFormatError) -> OpaquePointer {
        guard let context = unsafe ZSTD_createDCtx() else {
            throw .codecFailed(.zstd, code: Int(ZSTD_error_memory_allocation.rawValue))
        }
        return unsafe context
    }

    static func destroyDecompressor(_ context: OpaquePointer) {
        _ = unsafe ZSTD_freeDCtx(context)
    }

    /// The size that the first frame states; `nil` if it states none, as the Java client's frames
    /// do.
    static func claimedByteCount(of input: UnsafeRawBufferPointer) -> Int? {
        let claimed = unsafe ZSTD_getFrameContentSize(input.baseAddress, input.count)
        // The two largest values mean "unknown" and "not a frame".
        return claimed >= UInt64.max - 1 ? nil : Int(clamping: claimed)
    }

    /// In one call, straight into the output: the window, for which a frame may claim up to 2 GiB,
    /// is not allocated.
    static func decompress(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer,
        with context: OpaquePointer
    ) throws(RecordFormatError) -> Int? {
        let result = unsafe ZSTD_decompressDCtx(
            context, output.baseAddress, output.count, input.baseAddress, input.count)
        if ZSTD_getErrorCode(result) == ZSTD_error_dstSize_tooSmall { return nil }
        return try checked(result)
    }

    private static func checked(_ result: Int) throws(RecordFormatError) -> Int {
        guard ZSTD_isError(result) == 0 else {
            throw .codecFailed(.zstd, code: Int(ZSTD_getErrorCode(result).rawValue))
        }
        return result
    }
}
