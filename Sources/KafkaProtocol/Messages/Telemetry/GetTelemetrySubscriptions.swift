// GetTelemetrySubscriptions, version 0, flexible (KIP-714).

import RecordFormat

/// Which metrics the broker wants of a client.
public struct GetTelemetrySubscriptionsRequest: Request {
    public typealias Response = GetTelemetrySubscriptionsResponse
    public static var apiKey: ApiKey { .getTelemetrySubscriptions }

    /// The client's, zero in its first request.
    public var clientInstanceID = TopicID.none

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ClientInstanceId", &clientInstanceID)
    }
}

/// The metrics that the client is to send, and how often.
public struct GetTelemetrySubscriptionsResponse: Response {
    public static var apiKey: ApiKey { .getTelemetrySubscriptions }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var errorCode = ErrorCode.none
    public var clientInstanceID = TopicID.none
    public var subscriptionID: Int32 = 0
    /// Kafka's numbers of codecs, the preferred one first.
    public var acceptedCompressionTypes: [Int8] = []
    public var pushIntervalMs: Int32 = 0
    /// The largest push.
    public var telemetryMaxBytes: Int32 = 0
    /// Whether counters are sent as what was added since the last push.
    public var deltaTemporality = false
    /// The beginnings of names; none: nothing is wanted, one that is `*`: everything.
    public var requestedMetrics: [String] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs)
        try wire.field("ErrorCode", &errorCode)
        try wire.field("ClientInstanceId", &clientInstanceID)
        try wire.field("SubscriptionId", &subscriptionID)
        try wire.field("AcceptedCompressionTypes", &acceptedCompressionTypes)
        try wire.field("PushIntervalMs", &pushIntervalMs)
        try wire.field("TelemetryMaxBytes", &telemetryMaxBytes)
        try wire.field("DeltaTemporality", &deltaTemporality)
        try wire.field("RequestedMetrics", &requestedMetrics)
    }
}
