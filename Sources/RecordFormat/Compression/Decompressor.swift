/// Decompresses the records of batches.
public struct Decompressor: ~Copyable {
    public static let defaultMaximumByteCount = 128 << 20
    public let maximumByteCount: Int

    public init(maximumByteCount: Int = Self.defaultMaximumByteCount) {
        self.maximumByteCount = maximumByteCount
    }

    @_lifetime(&self)
    public mutating func decompress(
        _ input: RawSpan, codec: CompressionCodec
    ) throws(RecordFormatError) -> RawSpan {
        throw .codecFailed(codec, code: 0)
    }
}
