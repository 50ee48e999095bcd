import KafkaProtocol

/// The bytes of one request, after their length: lent to its handler until that returns, who may change
/// the records in them.
@safe struct RequestFrame {
    let bytes: UnsafeMutableRawBufferPointer

    func header() throws(ProtocolError) -> RequestHeader {
        try RequestHeader(
            decoding: unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(bytes)))
    }

    func request<Body: Request>(after header: RequestHeader) throws(ProtocolError) -> Body {
        try Body(
            decoding: unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(bytes)), header: header)
    }

    /// The records where they stand. The range comes from a request that was read from this frame, and
    /// lies within it.
    func records(_ range: RecordsRange) -> UnsafeMutableRawBufferPointer {
        unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[range.range])
    }
}
