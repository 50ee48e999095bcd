/// Compresses the records of batches with one codec, as Kafka's Java client does; the codec's
/// context is made once and reused. Input that cannot be compressed gives an output that is no
/// smaller.
///
/// Thread contract: one owner.
@safe
public struct Compressor: ~Copyable {
    public let compression: Compression

    /// The state that the codec reuses.
    @safe
    private enum Context {
        case none
        case gzip(UnsafeMutableRawPointer)
        case snappy
        case lz4(UnsafeMutableRawPointer, level: Int)
        case zstd(OpaquePointer)
    }

    private let context: Context

    /// Throws `invalidLevel`, or `codecFailed` if the codec has no memory for its context.
    public init(_ compression: Compression) throws(RecordFormatError) {
        let codec = compression.codec
        if let level = compression.level { try codec.validate(level: level) }
        let level = compression.level ?? codec.defaultLevel ?? 0
        let context: Context =
            switch codec {
            case .none: .none
            case .gzip: unsafe .gzip(try Gzip.makeCompressor(level: level))
            case .snappy: .snappy
            case .lz4: unsafe .lz4(LZ4.makeCompressor(level: level), level: level)
            case .zstd: unsafe .zstd(try Zstd.makeCompressor(level: level))
            }
        self.compression = compression
        self.context = context
    }

    deinit {
        switch context {
        case .none, .snappy: break
        case .gzip(let stream): unsafe Gzip.destroyCompressor(stream)
        case .lz4(let state, _): unsafe state.deallocate()
        case .zstd(let context): unsafe Zstd.destroyCompressor(context)
        }
    }

    /// The memory that the codec keeps from batch to batch, which grows with the largest batch so far; nil for snappy,
    /// which allocates anew for each block.
    public var contextByteCount: Int? {
        switch context {
        case .none: 0
        case .gzip: Gzip.compressorByteCount
        case .snappy: nil
        case .lz4(_, let level): LZ4.compressorByteCount(level: level)
        case .zstd(let context): unsafe Zstd.byteCount(ofCompressor: context)
        }
    }

    /// The output size that `compress` needs for an input of at most `byteCount` bytes.
    public func bound(_ byteCount: Int) -> Int {
        switch context {
        case .none: byteCount
        case .gzip(let stream): unsafe Gzip.bound(stream, byteCount)
        case .snappy: Snappy.bound(byteCount)
        case .lz4: LZ4.bound(byteCount)
        case .zstd: Zstd.bound(byteCount)
        }
    }

    /// Compresses `input` into `output` and returns the size of the result.
    ///
    /// Throws `outputTooSmall` if `output` is smaller than the bound, `codecFailed` if the codec
    /// fails.
    public mutating func compress(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(RecordFormatError) -> Int {
        let needed = bound(input.count)
        guard output.count >= needed else {
            throw .outputTooSmall(needed: needed, available: output.count)
        }
        switch context {
        case .none:
            unsafe output.copyMemory(from: input)
            return input.count
        case .gzip(let stream):
            return try unsafe Gzip.compress(input, into: output, with: stream)
        case .snappy:
            return try unsafe Snappy.compress(input, into: output)
        case .lz4(let state, let level):
            return try unsafe LZ4.compress(input, into: output, with: state, level: level)
        case .zstd(let context):
            return try unsafe Zstd.compress(input, into: output, with: context)
        }
    }
}
