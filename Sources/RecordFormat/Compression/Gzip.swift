internal import CZlib

/// gzip through zlib. The stream lives on the heap because zlib keeps a pointer to it.
enum Gzip {
    /// The largest window, plus 16 for a gzip header and trailer instead of zlib's own.
    private static let windowBits = MAX_WBITS + 16
    private static let memoryLevel: Int32 = 8

    static func makeCompressor(level: Int) throws(RecordFormatError) -> UnsafeMutableRawPointer {
        try unsafe makeStream {
            unsafe deflateInit2_(
                $0, Int32(level), Z_DEFLATED, windowBits, memoryLevel, Z_DEFAULT_STRATEGY,
                ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        }
    }

    /// What zlib allocates for these settings, besides a few kilobytes (zconf.h).
    static var compressorByteCount: Int {
        (1 << (Int(MAX_WBITS) + 2)) + (1 << (Int(memoryLevel) + 9))
    }

    static func destroyCompressor(_ stream: UnsafeMutableRawPointer) {
        unsafe deflateEnd(stream.assumingMemoryBound(to: z_stream.self))
        unsafe stream.deallocate()
    }

    static func bound(_ stream: UnsafeMutableRawPointer, _ byteCount: Int) -> Int {
        Int(unsafe deflateBound(stream.assumingMemoryBound(to: z_stream.self), UInt(byteCount)))
    }

    static func compress(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer,
        with stream: UnsafeMutableRawPointer
    ) throws(RecordFormatError) -> Int {
        let stream = unsafe stream.assumingMemoryBound(to: z_stream.self)
        unsafe point(stream, at: input, and: output)
        // Reset afterwards, because `deflateBound` is too small for a finished stream.
        defer { unsafe deflateReset(stream) }
        let status = unsafe deflate(stream, Z_FINISH)
        guard status == Z_STREAM_END else { throw .codecFailed(.gzip, code: Int(status)) }
        return unsafe output.count - Int(stream.pointee.avail_out)
    }

    static func makeDecompressor() throws(RecordFormatError) -> UnsafeMutableRawPointer {
        try unsafe makeStream {
            unsafe inflateInit2_(
                $0, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        }
    }

    static func destroyDecompressor(_ stream: UnsafeMutableRawPointer) {
        unsafe inflateEnd(stream.assumingMemoryBound(to: z_stream.self))
        unsafe stream.deallocate()
    }

    /// Concatenated members are one stream (RFC 1952).
    static func decompress(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer,
        with stream: UnsafeMutableRawPointer
    ) throws(RecordFormatError) -> Int? {
        let stream = unsafe stream.assumingMemoryBound(to: z_stream.self)
        unsafe inflateReset(stream)
        unsafe point(stream, at: input, and: output)
        while true {
            let status = unsafe inflate(stream, Z_NO_FLUSH)
            switch status {
            case Z_STREAM_END where unsafe stream.pointee.avail_in == 0:
                return unsafe output.count - Int(stream.pointee.avail_out)
            case Z_STREAM_END:
                unsafe inflateReset(stream)
            case Z_OK:
                continue
            case Z_BUF_ERROR where unsafe stream.pointee.avail_out == 0:
                return nil
            case Z_BUF_ERROR:
                throw .truncated(needed: input.count + 1, available: input.count)
            default:
                throw .codecFailed(.gzip, code: Int(status))
            }
        }
    }

    private static func makeStream(
        _ initialise: (UnsafeMutablePointer<z_stream>) -> Int32
    ) throws(RecordFormatError) -> UnsafeMutableRawPointer {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let status = unsafe initialise(stream)
        guard status == Z_OK else {
            unsafe stream.deallocate()
            throw .codecFailed(.gzip, code: Int(status))
        }
        return UnsafeMutableRawPointer(stream)
    }

    /// Batches have less than 2 GiB, so both counts fit.
    private static func point(
        _ stream: UnsafeMutablePointer<z_stream>, at input: UnsafeRawBufferPointer,
        and output: UnsafeMutableRawBufferPointer
    ) {
        unsafe stream.pointee.next_in = UnsafeMutablePointer(
            mutating: input.assumingMemoryBound(to: UInt8.self).baseAddress)
        unsafe stream.pointee.avail_in = UInt32(input.count)
        unsafe stream.pointee.next_out =
            output.assumingMemoryBound(to: UInt8.self).baseAddress
        unsafe stream.pointee.avail_out = UInt32(clamping: output.count)
    }
}
