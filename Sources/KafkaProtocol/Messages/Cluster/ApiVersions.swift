// ApiVersions, versions 0–4, flexible from 3. The response header has version 0 always. A
// request of an unknown version is answered in version 0, with UNSUPPORTED_VERSION and the ranges.

/// The first request of a client: the versions that the broker supports.
public struct ApiVersionsRequest: Request {
    public typealias Response = ApiVersionsResponse
    public static var apiKey: ApiKey { .apiVersions }

    public var clientSoftwareName = ""
    public var clientSoftwareVersion = ""

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ClientSoftwareName", &clientSoftwareName, from: 3)
        try wire.field("ClientSoftwareVersion", &clientSoftwareVersion, from: 3)
    }
}

/// The versions that a broker advertises.
public struct ApiVersionsResponse: Response {
    public static var apiKey: ApiKey { .apiVersions }

    public var errorCode = ErrorCode.none
    public var apiKeys: [VersionRange] = []
    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var supportedFeatures: [SupportedFeature]?
    /// −1, or absent, where features are unknown.
    public var finalizedFeaturesEpoch: Int64?
    public var finalizedFeatures: [FinalizedFeature]?
    public var zkMigrationReady: Bool?

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ErrorCode", &errorCode)
        try wire.field("ApiKeys", &apiKeys)
        try wire.field("ThrottleTimeMs", &throttleTimeMs, from: 1)
        try wire.tagged(0, "SupportedFeatures", &supportedFeatures, from: 3)
        try wire.tagged(1, "FinalizedFeaturesEpoch", &finalizedFeaturesEpoch, from: 3)
        try wire.tagged(2, "FinalizedFeatures", &finalizedFeatures, from: 3)
        try wire.tagged(3, "ZkMigrationReady", &zkMigrationReady, from: 3)
    }
}

extension ApiVersionsResponse {
    public struct VersionRange: FieldSet {
        public var apiKey: Int16 = 0
        public var minVersion: Int16 = 0
        public var maxVersion: Int16 = 0

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("ApiKey", &apiKey)
            try wire.field("MinVersion", &minVersion)
            try wire.field("MaxVersion", &maxVersion)
        }
    }

    public struct SupportedFeature: FieldSet {
        public var name = ""
        public var minVersion: Int16 = 0
        public var maxVersion: Int16 = 0

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Name", &name)
            try wire.field("MinVersion", &minVersion)
            try wire.field("MaxVersion", &maxVersion)
        }
    }

    public struct FinalizedFeature: FieldSet {
        public var name = ""
        public var maxVersionLevel: Int16 = 0
        public var minVersionLevel: Int16 = 0

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Name", &name)
            try wire.field("MaxVersionLevel", &maxVersionLevel)
            try wire.field("MinVersionLevel", &minVersionLevel)
        }
    }
}
