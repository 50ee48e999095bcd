// IncrementalAlterConfigs, versions 0–1, flexible from 1.

/// Alters single settings of a resource.
public struct IncrementalAlterConfigsRequest: Request {
    public typealias Response = IncrementalAlterConfigsResponse
    public static var apiKey: ApiKey { .incrementalAlterConfigs }

    public var resources: [Resource] = []
    public var validateOnly = false

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("Resources", &resources)
        try wire.field("ValidateOnly", &validateOnly)
    }
}

extension IncrementalAlterConfigsRequest {
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
        public var configOperation = ConfigOperation.set
        public var value: String?

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Name", &name)
            try wire.field("ConfigOperation", &configOperation)
            try wire.field("Value", &value)
        }
    }
}

/// Whether each resource was altered.
public struct IncrementalAlterConfigsResponse: Response {
    public static var apiKey: ApiKey { .incrementalAlterConfigs }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var responses: [Resource] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs)
        try wire.field("Responses", &responses)
    }
}

extension IncrementalAlterConfigsResponse {
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
