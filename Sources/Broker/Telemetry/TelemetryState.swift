import KafkaProtocol
import RecordFormat

/// The subscriptions to clients' metrics, and the clients that were told of them. Pure; times are milliseconds of any
/// clock that does not go back.
struct TelemetryState: Sendable {
    private struct Instance {
        var client: TelemetryClient
        /// The subscriptions' version that the next three are of.
        var version: Int
        var metrics: [String]
        var intervalMs: Int32
        var subscriptionID: Int32
        var askedMs: Int64?
        var pushedMs: Int64?
        var seenMs: Int64
        var isTerminating = false
        var lastError = ErrorCode.none
    }

    /// What is counted of all clients.
    struct Counts: Sendable, Equatable {
        var pushes = 0
        var byteCount = 0
        var refused = 0
    }

    /// So many clients are known at a time, as in Kafka. One that is forgotten asks for its subscription again.
    static let maximumInstanceCount = 16_384
    private static let leastRememberedMs: Int64 = 60_000
    private static let sweepIntervalMs: Int64 = 1000

    /// The codecs that are taken, in the order of preference: Kafka's.
    static let codecs: [CompressionCodec] = [.zstd, .lz4, .gzip, .snappy]

    private let maximumByteCount: Int32
    private var subscriptions: [String: MetricsSubscription] = [:]
    private var version = 0
    private var instances: [TopicID: Instance] = [:]
    private var sweptMs: Int64?
    private(set) var counts = Counts()

    init(maximumByteCount: Int32) { self.maximumByteCount = maximumByteCount }

    var instanceCount: Int { instances.count }
    var hasSubscriptions: Bool { !subscriptions.isEmpty }

    mutating func replace(_ subscriptions: [String: MetricsSubscription]) {
        self.subscriptions = subscriptions
        version += 1
    }

    /// Nil takes the subscription of this name.
    mutating func set(_ subscription: MetricsSubscription?, named name: String) {
        subscriptions[name] = subscription
        version += 1
    }

    /// Answers GetTelemetrySubscriptions. `newID` is the id of a client that has none.
    mutating func subscription(
        of id: TopicID, _ client: TelemetryClient, newID: TopicID, nowMs: Int64
    ) -> GetTelemetrySubscriptionsResponse {
        var response = GetTelemetrySubscriptionsResponse()
        let id = id == .none ? newID : id
        var instance =
            instances[id].flatMap { $0.version == version ? $0 : nil }
            ?? evaluated(client, id, nowMs)
        let last = max(instance.askedMs ?? .min, instance.pushedMs ?? .min)
        if last > .min, nowMs - last < Int64(instance.intervalMs),
            instance.lastError != .unknownSubscriptionID,
            instance.lastError != .unsupportedCompressionType
        {
            instance.seenMs = nowMs
            instances[id] = instance
            counts.refused += 1
            response.errorCode = .throttlingQuotaExceeded
            return response
        }
        instance.askedMs = nowMs
        instance.seenMs = nowMs
        instance.lastError = .none
        makeRoom(for: id, nowMs)
        instances[id] = instance
        response.clientInstanceID = id
        response.subscriptionID = instance.subscriptionID
        response.acceptedCompressionTypes = Self.codecs.map { Int8($0.rawValue) }
        response.pushIntervalMs = instance.intervalMs
        response.telemetryMaxBytes = maximumByteCount
        response.deltaTemporality = true
        response.requestedMetrics = instance.metrics
        return response
    }

    /// Whether a push is taken; the error code is what PushTelemetry answers.
    mutating func push(_ request: PushTelemetryRequest, nowMs: Int64) -> ErrorCode {
        guard request.clientInstanceID != .none else { return .invalidRequest }
        guard var instance = instances[request.clientInstanceID] else {
            counts.refused += 1
            return .unknownSubscriptionID
        }
        let code = refusal(of: request, instance, nowMs)
        if code == .none {
            counts.pushes += 1
            counts.byteCount += request.metrics.array.count
        } else {
            counts.refused += 1
        }
        if code != .throttlingQuotaExceeded { instance.pushedMs = nowMs }
        instance.seenMs = nowMs
        instance.lastError = code
        instance.isTerminating = instance.isTerminating || request.terminating
        instances[request.clientInstanceID] = instance
        return code
    }

    /// Who a push is of.
    func client(_ id: TopicID) -> TelemetryClient? { instances[id]?.client }

    private func refusal(
        of request: PushTelemetryRequest, _ instance: Instance, _ nowMs: Int64
    ) -> ErrorCode {
        if instance.isTerminating { return .invalidRequest }
        // The first push after the subscription comes when the client likes, and the last one at its end.
        let isFirst = (instance.askedMs ?? .min) > (instance.pushedMs ?? .min)
        let isEarly =
            !isFirst && !request.terminating
            && instance.pushedMs.map { nowMs - $0 < Int64(instance.intervalMs) } ?? false
        if isEarly { return .throttlingQuotaExceeded }
        guard instance.version == version, request.subscriptionID == instance.subscriptionID else {
            return .unknownSubscriptionID
        }
        let codec = CompressionCodec(rawValue: UInt8(bitPattern: request.compressionType))
        guard codec != nil else { return .unsupportedCompressionType }
        return request.metrics.array.count <= Int(maximumByteCount) ? .none : .telemetryTooLarge
    }

    /// What all subscriptions together want of a client.
    private func evaluated(
        _ client: TelemetryClient, _ id: TopicID, _ nowMs: Int64
    ) -> Instance {
        var client = client
        client.instanceID = id.description
        var allowance = MetricsSubscription.matchAllowance
        let wanted = subscriptions.values.filter { $0.matches(client, allowance: &allowance) }
        var metrics = Set(wanted.flatMap(\.metrics))
        if metrics.contains(MetricsSubscription.all) { metrics = [MetricsSubscription.all] }
        let intervalMs =
            wanted.map(\.intervalMs).min() ?? MetricsSubscription.standardIntervalMs
        var hasher = Hasher()
        hasher.combine(metrics)
        hasher.combine(intervalMs)
        hasher.combine(id)
        return Instance(
            client: client, version: version, metrics: metrics.sorted(), intervalMs: intervalMs,
            subscriptionID: Int32(truncatingIfNeeded: hasher.finalize()), seenMs: nowMs)
    }

    private mutating func makeRoom(for id: TopicID, _ nowMs: Int64) {
        guard instances[id] == nil, instances.count >= Self.maximumInstanceCount else { return }
        if sweptMs.map({ nowMs - $0 >= Self.sweepIntervalMs }) ?? true {
            sweptMs = nowMs
            instances = instances.filter { entry in
                nowMs - entry.value.seenMs
                    < max(Self.leastRememberedMs, 3 * Int64(entry.value.intervalMs))
            }
        }
        // Where none is over, any goes: it asks again.
        if instances.count >= Self.maximumInstanceCount, let any = instances.keys.first {
            instances[any] = nil
        }
    }

    mutating func takeCounts() -> Counts {
        defer { counts = Counts() }
        return counts
    }
}
