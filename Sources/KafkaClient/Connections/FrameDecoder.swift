import KafkaProtocol
import NIOCore

/// Finds the responses in what a connection reads, however it was cut.
///
/// A frame that lies whole in the bytes that were read is a slice of them. One that does not is put
/// together in a buffer that grows as its bytes come: nothing is allocated for what was only announced.
struct FrameDecoder {
    private static let firstCapacity = 1 << 20

    private let maximumByteCount: Int
    private var unread = ByteBuffer()
    private var partial: (frame: ByteBuffer, missingByteCount: Int)?
    /// Whether these are the first bytes of the connection, by which another protocol shows itself.
    private var isAtStart = true

    init(maximumByteCount: Int) { self.maximumByteCount = maximumByteCount }

    mutating func append(_ buffer: ByteBuffer) {
        if unread.readableBytes == 0 {
            unread = buffer
        } else {
            var rest = buffer
            unread.writeBuffer(&rest)
        }
    }

    /// The next frame, without its length; nil where it is not whole yet.
    mutating func next() throws(ConnectionError.Reason) -> ByteBuffer? {
        // The socket reads into the same memory again where nobody has it.
        defer { if unread.readableBytes == 0 { unread = ByteBuffer() } }
        if partial != nil { return continuePartial() }
        try recogniseProtocol()
        let length: Int?
        do throws(FrameLengthError) {
            length = try FrameLength.read(
                from: unread.readableBytesSpan, maximum: maximumByteCount)
        } catch {
            throw .badFrame(error)
        }
        guard let length else { return nil }
        unread.moveReaderIndex(forwardBy: FrameLength.byteCount)
        if let frame = unread.readSlice(length: length) { return frame }
        partial = (
            ByteBufferAllocator().buffer(capacity: min(length, Self.firstCapacity)), length
        )
        return continuePartial()
    }

    /// Whether so much is missing of the frame that has begun that the socket reads into it.
    var takesFromSocket: Bool {
        partial.map { $0.missingByteCount >= FrameSocket.leastByteCount } ?? false
    }

    /// Puts what the socket has into the frame that has begun; returns how many bytes that were.
    mutating func fill(from socket: FrameSocket) throws(ConnectionError.Reason) -> Int {
        guard case (var frame, let missing)? = partial.take() else { return 0 }
        if frame.writableBytes == 0 {
            frame.reserveCapacity(minimumWritableBytes: min(missing, frame.readableBytes))
        }
        let count = try socket.read(into: &frame, missing: missing)
        partial = (frame, missing - count)
        return count
    }

    private mutating func continuePartial() -> ByteBuffer? {
        guard var (frame, missing) = partial.take() else { return nil }
        if var part = unread.readSlice(length: min(missing, unread.readableBytes)) {
            missing -= part.readableBytes
            frame.writeBuffer(&part)
        }
        if missing == 0 { return frame }
        partial = (frame, missing)
        return nil
    }

    private mutating func recogniseProtocol() throws(ConnectionError.Reason) {
        guard isAtStart, unread.readableBytes >= ForeignProtocol.prefixByteCount else { return }
        isAtStart = false
        let bytes = unread.readableBytesUInt8Span
        if let other = ForeignProtocol(prefix: (bytes[0], bytes[1], bytes[2], bytes[3])) {
            throw .speaks(other)
        }
    }
}
