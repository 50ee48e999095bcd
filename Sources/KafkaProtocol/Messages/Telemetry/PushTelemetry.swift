// PushTelemetry, version 0, flexible (KIP-714).

import RecordFormat

/// A client's metrics.
public struct PushTelemetryRequest: Request {
    public typealias Response = PushTelemetryResponse
    public static var apiKey: ApiKey { .pushTelemetry }

    public var clientInstanceID = TopicID.none
    public var subscriptionID: Int32 = 0
    /// The client ends, and this is its last push.
    public var terminating = false
    /// Kafka's number of the codec.
    public var compressionType: Int8 = 0
    /// Compressed OpenTelemetry `MetricsData` in protobuf.
    public var metrics = OpaqueBytes()

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ClientInstanceId", &clientInstanceID)
        try wire.field("SubscriptionId", &subscriptionID)
        try wire.field("Terminating", &terminating)
        try wire.field("CompressionType", &compressionType)
        try wire.field("Metrics", &metrics)
    }
}

/// Whether the metrics were taken.
public struct PushTelemetryResponse: Response {
    public static var apiKey: ApiKey { .pushTelemetry }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var errorCode = ErrorCode.none

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs)
        try wire.field("ErrorCode", &errorCode)
    }
}
