/// The header of every request.
///
///     | request_api_key i16 | request_api_version i16 | correlation_id i32 |
///     | client_id string, null −1 | from header version 2: tagged fields |
///
/// The client id keeps its classic length in flexible versions. Of the header of an unknown API or
/// version, only the part that all headers share is read, so that it can be answered.
public struct RequestHeader: Hashable, Sendable {
    /// As sent; there may be no such `ApiKey`.
    public var rawApiKey: Int16
    public var apiVersion: Int16
    public var correlationID: Int32
    public var clientID: String?
    /// The position of the request itself.
    public internal(set) var bodyPosition = 0

    public init(apiKey: ApiKey, apiVersion: Int16, correlationID: Int32, clientID: String?) {
        rawApiKey = apiKey.rawValue
        self.apiVersion = apiVersion
        self.correlationID = correlationID
        self.clientID = clientID
    }

    /// `nil` for a request that Weir does not implement.
    public var apiKey: ApiKey? { ApiKey(rawValue: rawApiKey) }

    /// Whether this version of this API is served, and not refused with UNSUPPORTED_VERSION.
    public var isServed: Bool { apiKey?.servedVersions.contains(apiVersion) ?? false }

    /// Reads the header at the beginning of `frame`, the bytes after the length.
    public init(decoding frame: RawSpan) throws(ProtocolError) {
        var classic = FieldReader(
            frame, message: RequestHeader.self, version: 1, isFlexible: false)
        self.init(apiKey: .produce, apiVersion: 0, correlationID: 0, clientID: nil)
        try code(&classic)
        let position = classic.position
        bodyPosition = position
        // A version that is not known may have another header.
        guard let apiKey, apiKey.advertisedVersions.contains(apiVersion),
            apiKey.requestHeaderVersion(apiVersion) == 2
        else { return }
        bodyPosition = try FieldReader.skipTaggedFields(
            of: RequestHeader.self, in: frame, at: position)
    }

    mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("RequestApiKey", &rawApiKey)
        try wire.field("RequestApiVersion", &apiVersion)
        try wire.field("CorrelationId", &correlationID)
        try wire.field("ClientId", &clientID)
    }
}

/// The header of every response: the correlation id, and tagged fields in version 1.
public struct ResponseHeader: Hashable, Sendable {
    public var correlationID: Int32
    /// The position of the response itself.
    public internal(set) var bodyPosition = 4

    public init(correlationID: Int32) { self.correlationID = correlationID }

    /// Reads the header of the response to a request of `apiKey` at `apiVersion`.
    public init(
        decoding frame: RawSpan, apiKey: ApiKey, apiVersion: Int16
    ) throws(ProtocolError) {
        var classic = FieldReader(
            frame, message: ResponseHeader.self, version: 0, isFlexible: false)
        self.init(correlationID: 0)
        try classic.field("CorrelationId", &correlationID)
        guard apiKey.responseHeaderVersion(apiVersion) == 1 else { return }
        bodyPosition = try FieldReader.skipTaggedFields(
            of: ResponseHeader.self, in: frame, at: bodyPosition)
    }
}

/// A structure of tagged fields alone, none of which is known.
private struct UnknownFields: FieldSet {
    mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {}
}

extension FieldReader {
    /// The end of the tagged fields of a header that begin at `position`.
    fileprivate static func skipTaggedFields(
        of header: Any.Type, in frame: RawSpan, at position: Int
    ) throws(ProtocolError) -> Int {
        var reader = FieldReader(
            frame, at: position, message: header, version: 1, isFlexible: true)
        var nothing = UnknownFields()
        try reader.structure(&nothing)
        return reader.position
    }
}
