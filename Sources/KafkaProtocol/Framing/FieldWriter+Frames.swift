// Whole frames: length, header, message.

extension FieldWriter {
    /// Appends a frame with `request`. Its records, if any, are to be spliced in when it is sent.
    public mutating func append<Body: Request>(
        _ request: Body, version: Int16, correlationID: Int32, clientID: String?
    ) throws(ProtocolError) {
        var header = RequestHeader(
            apiKey: Body.apiKey, apiVersion: version, correlationID: correlationID,
            clientID: clientID)
        try frame(request, version: version) { writer throws(ProtocolError) in
            try header.code(&writer)
            if Body.apiKey.requestHeaderVersion(version) >= 2 { writer.append(UInt8(0)) }
        }
    }

    /// Appends a frame with `response` to the request of that version and correlation id.
    public mutating func append<Body: Response>(
        _ response: Body, version: Int16, correlationID: Int32
    ) throws(ProtocolError) {
        try frame(response, version: version) { writer throws(ProtocolError) in
            writer.append(correlationID)
            if Body.apiKey.responseHeaderVersion(version) >= 1 { writer.append(UInt8(0)) }
        }
    }

    /// The bytes with their records spliced in, for records in memory: positions are places in
    /// `source`.
    public func joined(with source: RawSpan) -> [UInt8] {
        var whole: [UInt8] = []
        whole.reserveCapacity(byteCount)
        var position = 0
        for splice in splices {
            whole.append(contentsOf: bytes[position..<splice.position])
            unsafe source.extracting(splice.records.range).withUnsafeBytes {
                unsafe whole.append(contentsOf: $0)
            }
            position = splice.position
        }
        whole.append(contentsOf: bytes[position...])
        return whole
    }

    private mutating func frame<Body: Message>(
        _ body: Body, version: Int16,
        header: (inout FieldWriter) throws(ProtocolError) -> Void
    ) throws(ProtocolError) {
        let start = (bytes: bytes.count, splices: splices.count, spliced: splicedByteCount)
        do throws(ProtocolError) {
            message = Body.self
            self.version = version
            isFlexible = false
            append(Int32(0))
            try header(&self)
            guard Body.apiKey.codedVersions.contains(version) else {
                throw error("version", .unsupportedVersion)
            }
            isFlexible = Body.apiKey.isFlexible(version: version)
            var body = body
            try structure(&body)
            try patchLength(at: start.bytes, splicedBefore: start.spliced)
        } catch {
            bytes.removeLast(bytes.count - start.bytes)
            splices.removeLast(splices.count - start.splices)
            splicedByteCount = start.spliced
            tagCountPosition = nil
            throw error
        }
    }

    private mutating func patchLength(
        at position: Int, splicedBefore: Int
    ) throws(ProtocolError) {
        let first = position + FrameLength.byteCount
        let length = bytes.count - first + splicedByteCount - splicedBefore
        guard let stated = Int32(exactly: length) else {
            throw error("length of the frame", .invalidLength(length))
        }
        for index in 0..<FrameLength.byteCount {
            bytes[position + index] = UInt8(truncatingIfNeeded: stated >> (24 - 8 * index))
        }
    }
}
