/// One compressor for all the batch builders of a thread.
///
/// Thread contract: belongs to one thread, with every builder that shares it.
public final class SharedCompressor {
    public let compression: Compression
    private var compressor: Compressor

    /// Throws `invalidLevel`, or `codecFailed` if the codec has no memory for its context.
    public init(_ compression: Compression) throws(RecordFormatError) {
        self.compression = compression
        compressor = try Compressor(compression)
    }

    func bound(_ byteCount: Int) -> Int { compressor.bound(byteCount) }

    func compress(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(RecordFormatError) -> Int {
        try unsafe compressor.compress(input, into: output)
    }
}
