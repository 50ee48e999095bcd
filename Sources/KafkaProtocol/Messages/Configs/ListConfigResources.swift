// ListConfigResources, versions 0–1, flexible. Version 0 was ListClientMetricsResources (KIP-1142, KIP-714).

/// Which resources have settings.
public struct ListConfigResourcesRequest: Request {
    public typealias Response = ListConfigResourcesResponse
    public static var apiKey: ApiKey { .listConfigResources }

    /// None for all types; version 0 asks for subscriptions to client metrics.
    public var resourceTypes: [Int8] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ResourceTypes", &resourceTypes, from: 1)
    }
}

/// The resources, by type and name.
public struct ListConfigResourcesResponse: Response {
    public static var apiKey: ApiKey { .listConfigResources }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var errorCode = ErrorCode.none
    public var configResources: [Resource] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs)
        try wire.field("ErrorCode", &errorCode)
        try wire.field("ConfigResources", &configResources)
    }
}

extension ListConfigResourcesResponse {
    public struct Resource: FieldSet {
        public var resourceName = ""
        public var resourceType = ConfigResourceType.clientMetrics

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("ResourceName", &resourceName)
            try wire.field("ResourceType", &resourceType, from: 1)
        }
    }
}
