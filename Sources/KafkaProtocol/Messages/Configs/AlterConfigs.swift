// AlterConfigs, versions 0–2, flexible from 2.

/// Sets all settings of a resource: those not named fall back to their defaults.
public struct AlterConfigsRequest: Request {
    public typealias Response = AlterConfigsResponse
    public static var apiKey: ApiKey { .alterConfigs }

    public var resources: [Resource] = []
    public var validateOnly = false

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("Resources", &resources)
        try wire.field("ValidateOnly", &validateOnly)
    }
}

extension AlterConfigsRequest {
    public struct Resource: FieldSet {
        public var resourceType = ConfigResourceType.unknown
        public var resourceName = ""
        public var configs: [Config] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("ResourceType", &resourceType)
            try wire.field("ResourceName", &resourceName)
            try wire.field("Configs", &configs)
        }
    }

    public struct Config: FieldSet {
        public var name = ""
        public var value: String?

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Name", &name)
            try wire.field("Value", &value)
        }
    }
}

/// Whether each resource was altered.
public struct AlterConfigsResponse: Response {
    public static var apiKey: ApiKey { .alterConfigs }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var responses: [Resource] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs)
        try wire.field("Responses", &responses)
    }
}

extension AlterConfigsResponse {
    public struct Resource: FieldSet {
        public var errorCode = ErrorCode.none
        public var errorMessage: String?
        public var resourceType = ConfigResourceType.unknown
        public var resourceName = ""

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("ErrorCode", &errorCode)
            try wire.field("ErrorMessage", &errorMessage)
            try wire.field("ResourceType", &resourceType)
            try wire.field("ResourceName", &resourceName)
        }
    }
}
