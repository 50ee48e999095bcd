// DescribeUserScramCredentials, version 0, flexible.

/// Which mechanisms of SCRAM users have credentials for.
public struct DescribeUserScramCredentialsRequest: Request {
    public typealias Response = DescribeUserScramCredentialsResponse
    public static var apiKey: ApiKey { .describeUserScramCredentials }

    /// Nil or none for all.
    public var users: [UserName]?

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("Users", &users, nullableFrom: 0)
    }
}

extension DescribeUserScramCredentialsRequest {
    public struct UserName: FieldSet {
        public var name = ""

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Name", &name)
        }
    }
}

/// The users' mechanisms; no secret.
public struct DescribeUserScramCredentialsResponse: Response {
    public static var apiKey: ApiKey { .describeUserScramCredentials }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var errorCode = ErrorCode.none
    public var errorMessage: String?
    public var results: [Result] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs)
        try wire.field("ErrorCode", &errorCode)
        try wire.field("ErrorMessage", &errorMessage)
        try wire.field("Results", &results)
    }
}

extension DescribeUserScramCredentialsResponse {
    public struct Result: FieldSet {
        public var user = ""
        public var errorCode = ErrorCode.none
        public var errorMessage: String?
        public var credentialInfos: [CredentialInfo] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("User", &user)
            try wire.field("ErrorCode", &errorCode)
            try wire.field("ErrorMessage", &errorMessage)
            try wire.field("CredentialInfos", &credentialInfos)
        }
    }

    public struct CredentialInfo: FieldSet {
        /// 1 is SCRAM-SHA-256, 2 SCRAM-SHA-512.
        public var mechanism: Int8 = 0
        public var iterations: Int32 = 0

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Mechanism", &mechanism)
            try wire.field("Iterations", &iterations)
        }
    }
}
