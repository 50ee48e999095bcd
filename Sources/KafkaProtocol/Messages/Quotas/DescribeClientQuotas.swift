// DescribeClientQuotas, versions 0–1, flexible from 1 on (KIP-546).

/// The quotas of those whom the components describe.
public struct DescribeClientQuotasRequest: Request {
    public typealias Response = DescribeClientQuotasResponse
    public static var apiKey: ApiKey { .describeClientQuotas }

    public var components: [Component] = []
    /// Leaves out quotas that are also for a type that no component names.
    public var strict = false

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("Components", &components)
        try wire.field("Strict", &strict)
    }
}

extension DescribeClientQuotasRequest {
    public struct Component: FieldSet {
        /// `user`, `client-id` or `ip`.
        public var entityType = ""
        /// 0: the name in `match`; 1: the default; 2: any name, and the default.
        public var matchType: Int8 = 0
        public var match: String?

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("EntityType", &entityType)
            try wire.field("MatchType", &matchType)
            try wire.field("Match", &match, nullableFrom: 0)
        }
    }
}

/// Quotas, and whom they are for.
public struct DescribeClientQuotasResponse: Response {
    public static var apiKey: ApiKey { .describeClientQuotas }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var errorCode = ErrorCode.none
    public var errorMessage: String?
    /// Nil where there is an error.
    public var entries: [Entry]?

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs)
        try wire.field("ErrorCode", &errorCode)
        try wire.field("ErrorMessage", &errorMessage, nullableFrom: 0)
        try wire.field("Entries", &entries, nullableFrom: 0)
    }
}

extension DescribeClientQuotasResponse {
    public struct Entry: FieldSet {
        public var entity: [ClientQuotaEntityPart] = []
        public var values: [Value] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Entity", &entity)
            try wire.field("Values", &values)
        }
    }

    public struct Value: FieldSet {
        /// Such as `producer_byte_rate`.
        public var key = ""
        public var value = 0.0

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Key", &key)
            try wire.field("Value", &value)
        }
    }
}
