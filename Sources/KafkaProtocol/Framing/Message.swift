/// The body of a request or a response, after the header in a frame.
public protocol Message: FieldSet {
    static var apiKey: ApiKey { get }
}

/// The request of a client. The positions of its records are places in the frame that it was read
/// from.
public protocol Request: Message {
    associatedtype Response: KafkaProtocol.Response
}

/// The response of the broker.
public protocol Response: Message {
    /// How long the client is to stay silent, for a quota; 0 where the response does not say, and setting it
    /// then does nothing.
    var throttleTimeMs: Int32 { get set }
}

extension Response {
    public var throttleTimeMs: Int32 {
        get { 0 }
        set {}
    }
}

extension Request {
    /// Reads the body of the request whose header was read from the same `frame`. Bytes after the
    /// last field are ignored, as in Kafka: librdkafka 2.0 ends some requests with an extra byte.
    public init(
        decoding frame: RawSpan, header: RequestHeader,
        maximumDecodedByteCount: Int = FieldReader.defaultMaximumDecodedByteCount
    ) throws(ProtocolError) {
        try self.init(
            decoding: frame, at: header.bodyPosition, version: header.apiVersion,
            maximumDecodedByteCount: maximumDecodedByteCount)
    }
}

extension Response {
    /// Reads the body of the response whose header was read from the same `frame`; no bytes may
    /// follow it.
    public init(
        decoding frame: RawSpan, header: ResponseHeader, version: Int16,
        maximumDecodedByteCount: Int = FieldReader.defaultMaximumDecodedByteCount
    ) throws(ProtocolError) {
        try self.init(
            decoding: frame, at: header.bodyPosition, version: version,
            maximumDecodedByteCount: maximumDecodedByteCount)
    }
}

extension Message {
    /// Reads the message that begins at `position`; a response ends with the frame.
    public init(
        decoding frame: RawSpan, at position: Int, version: Int16,
        maximumDecodedByteCount: Int = FieldReader.defaultMaximumDecodedByteCount
    ) throws(ProtocolError) {
        self.init()
        var reader = FieldReader(
            frame, at: position, message: Self.self, version: version,
            isFlexible: Self.apiKey.isFlexible(version: version),
            maximumDecodedByteCount: maximumDecodedByteCount)
        guard Self.apiKey.codedVersions.contains(version) else {
            throw reader.error("version", .unsupportedVersion, at: position)
        }
        try reader.structure(&self)
        if Self.self is any Response.Type { try reader.finish() }
    }
}
