internal import CZstd

/// libzstd alone: one context, one call a block. It is the limit of sealing and reading compressed
/// batches.
///
/// Thread contract: one owner.
@safe
struct BareZstd: ~Copyable {
    private let compressor: OpaquePointer
    private let decompressor: OpaquePointer
    private let output: UnsafeMutableRawBufferPointer

    /// - Parameter blockByteCount: of the largest block, uncompressed.
    init(level: Int, blockByteCount: Int) throws(RooflineError) {
        guard let compressor = unsafe ZSTD_createCCtx(),
            let decompressor = unsafe ZSTD_createDCtx()
        else { throw RooflineError("libzstd has no memory for a context") }
        unsafe ZSTD_CCtx_setParameter(compressor, ZSTD_c_compressionLevel, Int32(level))
        unsafe self.compressor = compressor
        unsafe self.decompressor = decompressor
        unsafe output = .allocate(byteCount: ZSTD_compressBound(blockByteCount), alignment: 64)
    }

    deinit {
        unsafe ZSTD_freeCCtx(compressor)
        unsafe ZSTD_freeDCtx(decompressor)
        unsafe output.deallocate()
    }

    /// Compresses a block; its compressed bytes are valid until the next call.
    func compress(_ block: UnsafeRawBufferPointer) throws(RooflineError) -> UnsafeRawBufferPointer {
        let count = unsafe ZSTD_compress2(
            compressor, output.baseAddress, output.count, block.baseAddress, block.count)
        guard ZSTD_isError(count) == 0 else { throw RooflineError("libzstd does not compress") }
        return unsafe UnsafeRawBufferPointer(rebasing: output[..<count])
    }

    /// Decompresses a block; returns its uncompressed size.
    func decompress(_ block: UnsafeRawBufferPointer) throws(RooflineError) -> Int {
        let count = unsafe ZSTD_decompressDCtx(
            decompressor, output.baseAddress, output.count, block.baseAddress, block.count)
        guard ZSTD_isError(count) == 0 else { throw RooflineError("libzstd does not decompress") }
        return count
    }
}
