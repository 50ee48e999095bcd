// AlterUserScramCredentials, version 0, flexible.

/// Gives users credentials of SCRAM, and takes them.
public struct AlterUserScramCredentialsRequest: Request {
    public typealias Response = AlterUserScramCredentialsResponse
    public static var apiKey: ApiKey { .alterUserScramCredentials }

    public var deletions: [Deletion] = []
    public var upsertions: [Upsertion] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("Deletions", &deletions)
        try wire.field("Upsertions", &upsertions)
    }
}

extension AlterUserScramCredentialsRequest {
    public struct Deletion: FieldSet {
        public var name = ""
        /// 1 is SCRAM-SHA-256, 2 SCRAM-SHA-512.
        public var mechanism: Int8 = 0

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Name", &name)
            try wire.field("Mechanism", &mechanism)
        }
    }

    public struct Upsertion: FieldSet {
        public var name = ""
        /// 1 is SCRAM-SHA-256, 2 SCRAM-SHA-512.
        public var mechanism: Int8 = 0
        public var iterations: Int32 = 0
        public var salt = OpaqueBytes()
        /// The password is not sent, but what it becomes with the salt.
        public var saltedPassword = OpaqueBytes()

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Name", &name)
            try wire.field("Mechanism", &mechanism)
            try wire.field("Iterations", &iterations)
            try wire.field("Salt", &salt)
            try wire.field("SaltedPassword", &saltedPassword)
        }
    }
}

/// Whether each user was altered.
public struct AlterUserScramCredentialsResponse: Response {
    public static var apiKey: ApiKey { .alterUserScramCredentials }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var results: [Result] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs)
        try wire.field("Results", &results)
    }
}

extension AlterUserScramCredentialsResponse {
    public struct Result: FieldSet {
        public var user = ""
        public var errorCode = ErrorCode.none
        public var errorMessage: String?

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("User", &user)
            try wire.field("ErrorCode", &errorCode)
            try wire.field("ErrorMessage", &errorMessage)
        }
    }
}
