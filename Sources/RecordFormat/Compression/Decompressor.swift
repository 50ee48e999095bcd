/// Decompresses the records of batches into a buffer that it owns and reuses. A codec's context is
/// made on its first use and kept.
///
/// The input may be hostile. A claimed size is trusted up to `plausibleRatio` times the input's
/// length. Otherwise the buffer starts small and doubles when output has filled it, up to
/// `maximumByteCount`; the batch is then decompressed again from its start.
///
/// Thread contract: one owner.
@safe
public struct Decompressor: ~Copyable {
    /// The default bound of one batch's decompressed records.
    public static let defaultMaximumByteCount = 128 << 20

    /// The largest size that a batch may decompress to.
    public var maximumByteCount: Int

    private var output = unsafe UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var gzip: UnsafeMutableRawPointer?
    private var lz4: OpaquePointer?
    private var zstd: OpaquePointer?

    /// The first size of the buffer for a batch that does not state its decompressed size, as a
    /// multiple of its compressed size.
    private static let usualRatio = 4
    /// A claimed size is trusted up to this ratio; for higher ratios the buffer grows by doubling.
    private static let plausibleRatio = 256
    private static let leastCapacity = 64 << 10

    public init(maximumByteCount: Int = Self.defaultMaximumByteCount) {
        precondition(maximumByteCount >= 0)
        self.maximumByteCount = min(maximumByteCount, Int(Int32.max))
    }

    /// The size of the buffer.
    var capacity: Int { unsafe output.count }

    deinit {
        unsafe output.deallocate()
        if let gzip = unsafe gzip { unsafe Gzip.destroyDecompressor(gzip) }
        if let lz4 = unsafe lz4 { unsafe LZ4.destroyDecompressor(lz4) }
        if let zstd = unsafe zstd { unsafe Zstd.destroyDecompressor(zstd) }
    }

    /// The decompressed bytes, valid until the next call.
    ///
    /// Throws `decompressedTooLarge` beyond the bound, `truncated` if the input ends early, and
    /// `codecFailed` if the codec refuses it.
    @_lifetime(&self)
    public mutating func decompress(
        _ input: RawSpan, codec: CompressionCodec
    ) throws(RecordFormatError) -> RawSpan {
        // The pointer is used only while the span is alive.
        let input = unsafe input.withUnsafeBytes { unsafe $0 }
        let byteCount = try unsafe decompress(input, codec: codec)
        let bytes = unsafe RawSpan(
            _unsafeBytes: UnsafeRawBufferPointer(rebasing: output[..<byteCount]))
        return unsafe _overrideLifetime(bytes, mutating: &self)
    }

    /// Fills `output` and returns the size of the result.
    private mutating func decompress(
        _ input: UnsafeRawBufferPointer, codec: CompressionCodec
    ) throws(RecordFormatError) -> Int {
        guard maximumByteCount > 0 else { throw .decompressedTooLarge(limit: 0) }
        try unsafe reserve(firstCapacity(for: input, codec: codec))
        while true {
            // The buffer may be larger than `maximumByteCount`.
            let room = unsafe UnsafeMutableRawBufferPointer(
                rebasing: output[..<min(output.count, maximumByteCount)])
            if let byteCount = try unsafe attempt(input, codec: codec, into: room) {
                return byteCount
            }
            guard unsafe output.count < maximumByteCount else {
                throw .decompressedTooLarge(limit: maximumByteCount)
            }
            try unsafe reserve(min(maximumByteCount, 2 * output.count))
        }
    }

    private func firstCapacity(
        for input: UnsafeRawBufferPointer, codec: CompressionCodec
    ) throws(RecordFormatError) -> Int {
        let claimed: Int? =
            switch codec {
            case .none: input.count
            case .snappy: try unsafe Snappy.claimedByteCount(of: input)
            case .zstd: unsafe Zstd.claimedByteCount(of: input)
            case .gzip, .lz4: nil
            }
        if let claimed, claimed > maximumByteCount {
            throw .decompressedTooLarge(limit: maximumByteCount)
        }
        let plausible = min(
            claimed ?? Self.usualRatio * input.count, Self.plausibleRatio * input.count)
        return min(maximumByteCount, max(plausible, Self.leastCapacity))
    }

    private mutating func reserve(_ capacity: Int) throws(RecordFormatError) {
        guard unsafe output.count < capacity else { return }
        unsafe output.deallocate()
        unsafe output = .allocate(byteCount: capacity, alignment: 64)
    }

    /// Decompresses from the start; `nil` if the output is full.
    private mutating func attempt(
        _ input: UnsafeRawBufferPointer, codec: CompressionCodec,
        into output: UnsafeMutableRawBufferPointer
    ) throws(RecordFormatError) -> Int? {
        switch codec {
        case .none:
            guard input.count <= output.count else { return nil }
            unsafe output.copyMemory(from: input)
            return input.count
        case .gzip:
            let stream = try unsafe Self.made(&gzip, Gzip.makeDecompressor)
            return try unsafe Gzip.decompress(input, into: output, with: stream)
        case .snappy:
            return try unsafe Snappy.decompress(input, into: output)
        case .lz4:
            let context = try unsafe Self.made(&lz4, LZ4.makeDecompressor)
            return try unsafe LZ4.decompress(input, into: output, with: context)
        case .zstd:
            let context = try unsafe Self.made(&zstd, Zstd.makeDecompressor)
            return try unsafe Zstd.decompress(input, into: output, with: context)
        }
    }

    private static func made<Context>(
        _ context: inout Context?, _ make: () throws(RecordFormatError) -> Context
    ) throws(RecordFormatError) -> Context {
        if let context { return context }
        let new = try make()
        context = new
        return new
    }
}
