// SaslHandshake, versions 0–1, not flexible. After version 0 the mechanism's own tokens follow
// without headers, after 1 in SaslAuthenticate.

/// Chooses a mechanism.
public struct SaslHandshakeRequest: Request {
    public typealias Response = SaslHandshakeResponse
    public static var apiKey: ApiKey { .saslHandshake }

    public var mechanism = ""

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("Mechanism", &mechanism)
    }
}

/// The mechanisms that the broker offers.
public struct SaslHandshakeResponse: Response {
    public static var apiKey: ApiKey { .saslHandshake }

    public var errorCode = ErrorCode.none
    public var mechanisms: [String] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ErrorCode", &errorCode)
        try wire.field("Mechanisms", &mechanisms)
    }
}
