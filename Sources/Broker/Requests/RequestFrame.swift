import KafkaProtocol
import NIOCore

/// The bytes of one request, after their length. Whoever keeps the frame keeps its bytes.
///
/// Thread contract: one owner at a time, who may change the records in it. On the connection's
/// event loop it is lent to the handler; a handler that goes on elsewhere takes it along, and the
/// connection takes no further request meanwhile.
@safe struct RequestFrame: @unchecked Sendable {
    /// What holds the bytes.
    private enum Storage {
        case readBuffer(ByteBuffer)
        case buffer(FrameBuffer)
    }

    let bytes: UnsafeMutableRawBufferPointer
    private let storage: Storage
    /// What the arrays of the request may take in memory; above it decoding throws `tooLarge`.
    var decodeLimit = FieldReader.defaultMaximumDecodedByteCount

    /// A frame that came in pieces.
    init(_ buffer: FrameBuffer) {
        unsafe bytes = buffer.bytes
        storage = .buffer(buffer)
    }

    /// The first bytes of what a connection has read.
    ///
    /// The channel keeps a reference to the buffer so as to read into it again, which would make a
    /// mutation through `ByteBuffer` copy all of it. But it does not look at the bytes, and reads
    /// into the buffer only once nobody else has it: they are this frame's alone.
    init(in read: ByteBuffer, byteCount: Int) {
        unsafe bytes = read.withUnsafeReadableBytes { bytes in
            unsafe UnsafeMutableRawBufferPointer(
                mutating: UnsafeRawBufferPointer(rebasing: bytes[..<byteCount]))
        }
        storage = .readBuffer(read)
    }

    func header() throws(ProtocolError) -> RequestHeader {
        try RequestHeader(
            decoding: unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(bytes)))
    }

    func request<Body: Request>(after header: RequestHeader) throws(ProtocolError) -> Body {
        try Body(
            decoding: unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(bytes)), header: header,
            maximumDecodedByteCount: decodeLimit)
    }

    /// The records where they stand. The range comes from a request that was read from this frame,
    /// and lies within it.
    func records(_ range: RecordsRange) -> UnsafeMutableRawBufferPointer {
        unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[range.range])
    }
}
