// UpdateFeatures, versions 0–2, flexible. Version 2 has one error for all features.

/// Raises or lowers the level of features for the whole cluster (KIP-584).
public struct UpdateFeaturesRequest: Request {
    public typealias Response = UpdateFeaturesResponse
    public static var apiKey: ApiKey { .updateFeatures }

    /// How long the broker may take.
    public var timeoutMs: Int32 = 60_000
    public var featureUpdates: [FeatureUpdate] = []
    public var validateOnly = false

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("timeoutMs", &timeoutMs)
        try wire.field("FeatureUpdates", &featureUpdates)
        try wire.field("ValidateOnly", &validateOnly, from: 1)
    }
}

extension UpdateFeaturesRequest {
    public struct FeatureUpdate: FieldSet {
        public var feature = ""
        /// Below 1 the feature is no longer used.
        public var maxVersionLevel: Int16 = 0
        public var allowDowngrade = false
        /// 1 for upgrades alone, 2 for downgrades without loss, 3 for all.
        public var upgradeType: Int8 = 1

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Feature", &feature)
            try wire.field("MaxVersionLevel", &maxVersionLevel)
            try wire.field("AllowDowngrade", &allowDowngrade, through: 0)
            try wire.field("UpgradeType", &upgradeType, from: 1)
        }
    }
}

/// Whether the levels were changed: all of them, or none.
public struct UpdateFeaturesResponse: Response {
    public static var apiKey: ApiKey { .updateFeatures }

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
        try wire.field("Results", &results, through: 1)
    }
}

extension UpdateFeaturesResponse {
    public struct Result: FieldSet {
        public var feature = ""
        public var errorCode = ErrorCode.none
        public var errorMessage: String?

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Feature", &feature)
            try wire.field("ErrorCode", &errorCode)
            try wire.field("ErrorMessage", &errorMessage)
        }
    }
}
