// AlterClientQuotas, versions 0–1, flexible from 1 on (KIP-546).

/// Sets quotas, and takes them.
public struct AlterClientQuotasRequest: Request {
    public typealias Response = AlterClientQuotasResponse
    public static var apiKey: ApiKey { .alterClientQuotas }

    public var entries: [Entry] = []
    public var validateOnly = false

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("Entries", &entries)
        try wire.field("ValidateOnly", &validateOnly)
    }
}

extension AlterClientQuotasRequest {
    public struct Entry: FieldSet {
        public var entity: [ClientQuotaEntityPart] = []
        public var ops: [Operation] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Entity", &entity)
            try wire.field("Ops", &ops)
        }
    }

    public struct Operation: FieldSet {
        /// Such as `producer_byte_rate`.
        public var key = ""
        /// Ignored where the quota is removed.
        public var value = 0.0
        public var remove = false

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Key", &key)
            try wire.field("Value", &value)
            try wire.field("Remove", &remove)
        }
    }
}

/// Whether each quota was altered.
public struct AlterClientQuotasResponse: Response {
    public static var apiKey: ApiKey { .alterClientQuotas }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var entries: [Entry] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs)
        try wire.field("Entries", &entries)
    }
}

extension AlterClientQuotasResponse {
    public struct Entry: FieldSet {
        public var errorCode = ErrorCode.none
        public var errorMessage: String?
        public var entity: [ClientQuotaEntityPart] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("ErrorCode", &errorCode)
            try wire.field("ErrorMessage", &errorMessage, nullableFrom: 0)
            try wire.field("Entity", &entity)
        }
    }
}
