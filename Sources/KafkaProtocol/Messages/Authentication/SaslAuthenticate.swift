// SaslAuthenticate, versions 0–2, flexible from 2.

/// One token of the mechanism.
public struct SaslAuthenticateRequest: Request {
    public typealias Response = SaslAuthenticateResponse
    public static var apiKey: ApiKey { .saslAuthenticate }

    public var authBytes = OpaqueBytes()

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("AuthBytes", &authBytes)
    }
}

/// The answer to a token.
public struct SaslAuthenticateResponse: Response {
    public static var apiKey: ApiKey { .saslAuthenticate }

    public var errorCode = ErrorCode.none
    public var errorMessage: String?
    public var authBytes = OpaqueBytes()
    /// When to authenticate again; 0 for never.
    public var sessionLifetimeMs: Int64 = 0

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ErrorCode", &errorCode)
        try wire.field("ErrorMessage", &errorMessage)
        try wire.field("AuthBytes", &authBytes)
        try wire.field("SessionLifetimeMs", &sessionLifetimeMs, from: 1)
    }
}
