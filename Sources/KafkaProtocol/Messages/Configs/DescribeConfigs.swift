// DescribeConfigs, versions 0–4, flexible from 4. Version 0, which has no synonyms, is refused.

/// Asks for the settings of topics and brokers.
public struct DescribeConfigsRequest: Request {
    public typealias Response = DescribeConfigsResponse
    public static var apiKey: ApiKey { .describeConfigs }

    public var resources: [Resource] = []
    public var includeSynonyms = false
    public var includeDocumentation = false

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("Resources", &resources)
        try wire.field("IncludeSynonyms", &includeSynonyms, from: 1)
        try wire.field("IncludeDocumentation", &includeDocumentation, from: 3)
    }
}

extension DescribeConfigsRequest {
    public struct Resource: FieldSet {
        public var resourceType = ConfigResourceType.unknown
        public var resourceName = ""
        /// Null asks for all.
        public var configurationKeys: [String]? = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("ResourceType", &resourceType)
            try wire.field("ResourceName", &resourceName)
            try wire.field("ConfigurationKeys", &configurationKeys)
        }
    }
}

/// The settings, each with where its value comes from.
public struct DescribeConfigsResponse: Response {
    public static var apiKey: ApiKey { .describeConfigs }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var results: [Resource] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs)
        try wire.field("Results", &results)
    }
}

extension DescribeConfigsResponse {
    public struct Resource: FieldSet {
        public var errorCode = ErrorCode.none
        public var errorMessage: String?
        public var resourceType = ConfigResourceType.unknown
        public var resourceName = ""
        public var configs: [Config] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("ErrorCode", &errorCode)
            try wire.field("ErrorMessage", &errorMessage)
            try wire.field("ResourceType", &resourceType)
            try wire.field("ResourceName", &resourceName)
            try wire.field("Configs", &configs)
        }
    }

    public struct Config: FieldSet {
        public var name = ""
        public var value: String?
        public var readOnly = false
        public var isDefault = false
        public var configSource = ConfigSource.unset
        public var isSensitive = false
        /// All sources that have a value for it, the one in effect first.
        public var synonyms: [Synonym] = []
        public var configType = ConfigType.unknown
        public var documentation: String?

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Name", &name)
            try wire.field("Value", &value)
            try wire.field("ReadOnly", &readOnly)
            try wire.field("IsDefault", &isDefault, through: 0)
            try wire.field("ConfigSource", &configSource, from: 1)
            try wire.field("IsSensitive", &isSensitive)
            try wire.field("Synonyms", &synonyms, from: 1)
            try wire.field("ConfigType", &configType, from: 3)
            try wire.field("Documentation", &documentation, from: 3)
        }
    }

    public struct Synonym: FieldSet {
        public var name = ""
        public var value: String?
        public var source = ConfigSource.unset

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Name", &name)
            try wire.field("Value", &value)
            try wire.field("Source", &source)
        }
    }
}
