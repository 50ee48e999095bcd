import KafkaProtocol
import NIOCore

/// A response, with the frame that it was read from: its records are places in there.
///
/// Bytes after the last field are ignored, as by Kafka's own client: librdkafka's mock brokers end some
/// flexible responses with a byte too much.
public struct ResponseFrame<Body: Response>: Sendable {
    public let body: Body
    public let version: Int16
    /// The bytes after the length.
    public let frame: ByteBuffer
    /// When the last byte of it was read.
    public let receivedAt: NIODeadline

    init(
        decoding frame: ByteBuffer, version: Int16, receivedAt: NIODeadline
    ) throws(ProtocolError) {
        let span = frame.readableBytesSpan
        let header = try ResponseHeader(
            decoding: span, apiKey: Body.apiKey, apiVersion: version)
        var reader = FieldReader(
            span, at: header.bodyPosition, message: Body.self, version: version,
            isFlexible: Body.apiKey.isFlexible(version: version))
        var body = Body()
        try reader.structure(&body)
        self.body = body
        self.version = version
        self.frame = frame
        self.receivedAt = receivedAt
    }

    /// The bytes of these records of the body, without a copy.
    public func bytes(of records: RecordsRange) -> ByteBuffer {
        guard
            let slice = frame.getSlice(
                at: frame.readerIndex + records.position, length: records.byteCount)
        else { preconditionFailure("records of a decoded response lie within its frame") }
        return slice
    }
}
