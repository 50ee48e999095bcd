import CommitLog
import KafkaProtocol
import Logging
import RecordFormat
import Synchronization

/// What becomes of clients' metrics: nothing is asked for, pushes are counted, or each is also logged in brief.
enum ClientMetricsMode: String, CaseIterable, Sendable {
    case none
    case count
    case log
}

/// The metrics that clients send of themselves (KIP-714), and the subscriptions by which they do, as they are in the
/// log directory.
/// Thread contract: any thread; `replace` the control thread.
final class ClientTelemetry: Sendable {
    /// So many subscriptions there may be: every client is held against each.
    static let maximumSubscriptionCount = 100
    /// A push may decompress to so many times what is accepted of it compressed, and to no more than so much, unless
    /// that much is accepted as it is.
    private static let largestExpansion = 16
    private static let largestPlain = 32 << 20

    let mode: ClientMetricsMode
    private let directory: String
    /// Clients decide how often they push, and what they call themselves and their metrics.
    private let pushes: LogLimiter
    private let maximumByteCount: Int
    private let settings: Locked<[String: [String: String]]>
    private let state: Locked<TelemetryState>
    /// One thread at a time looks into a push. It is work of the threads that all clients share.
    private let isLooking = Atomic<Bool>(false)

    /// Reads the subscriptions of a log directory.
    init(directory: String, config: BrokerConfig, logger: Logger) throws(LogError) {
        self.directory = directory
        pushes = LogLimiter(logger)
        mode = config.clientMetrics
        maximumByteCount = Int(config.telemetryMaxBytes)
        var stored = try SettingsCheckpoint.clientMetrics.read(in: directory).map { settings in
            Dictionary(settings.map { ($0.name, $0.values) }) { $1 }
        }
        if stored == nil {
            logger.warning(
                "\(directory)/client-metrics-checkpoint cannot be read: no metrics are asked of clients"
            )
        }
        var state = TelemetryState(maximumByteCount: Int32(clamping: config.telemetryMaxBytes))
        let subscriptions = (stored ?? [:]).compactMapValues { try? MetricsSubscription($0) }
        stored = stored?.filter { subscriptions[$0.key] != nil }
        state.replace(subscriptions)
        settings = Locked(stored ?? [:])
        self.state = Locked(state)
    }

    /// The names of all subscriptions, sorted.
    var names: [String] { settings.withLock { $0.keys.sorted() } }

    func settings(of name: String) -> [String: String] { settings.withLock { $0[name] ?? [:] } }

    /// Gives a subscription these settings in place of those it has; none remove it.
    func replace(
        _ name: String, with values: [String: String], validateOnly: Bool
    ) throws(Refusal) {
        try MetricsSubscription.validate(name: name)
        let subscription = try MetricsSubscription(values)
        var all = settings.withLock { $0 }
        all[name] = values.isEmpty ? nil : values
        guard all.count <= Self.maximumSubscriptionCount else {
            throw Refusal(
                .policyViolation,
                "There are \(Self.maximumSubscriptionCount) subscriptions: remove some first.")
        }
        guard !validateOnly else { return }
        do throws(LogError) {
            try SettingsCheckpoint.clientMetrics.write(
                all.map { ($0.key, $0.value) }, in: directory)
        } catch {
            throw Refusal(error)
        }
        let changed = all
        settings.withLock { $0 = changed }
        state.withLock { $0.set(values.isEmpty ? nil : subscription, named: name) }
    }

    func subscription(
        of id: TopicID, _ client: TelemetryClient
    ) -> GetTelemetrySubscriptionsResponse {
        state.withLock {
            $0.subscription(
                of: id, client, newID: TopicID.random(), nowMs: QuotaClock.nowMs)
        }
    }

    /// Takes a push, or says why not. What is logged of it is read where this is called; where another one is read at
    /// that moment, it is counted alone.
    func push(_ request: PushTelemetryRequest) -> ErrorCode {
        let (code, client) = state.withLock {
            ($0.push(request, nowMs: QuotaClock.nowMs), $0.client(request.clientInstanceID))
        }
        guard code == .none, mode == .log, !request.metrics.array.isEmpty, let client else {
            return code
        }
        guard !isLooking.exchange(true, ordering: .acquiring) else { return code }
        defer { isLooking.store(false, ordering: .releasing) }
        guard let summary = summary(of: request) else { return .invalidRecord }
        pushes.info(
            "metrics of a client", metadata: Self.line(client, request, summary))
        return code
    }

    /// What clients make up is quoted, so that it is one line whatever it is.
    private static func line(
        _ client: TelemetryClient, _ request: PushTelemetryRequest, _ summary: MetricsSummary
    ) -> Logger.Metadata {
        func quoted(_ text: String) -> String { String(reflecting: text) }
        let software = client.software
        return [
            "client id": "\(quoted(String(client.clientID.prefix(256))))",
            "instance": "\(client.instanceID)",
            "software": "\(quoted(software.name)) \(quoted(software.version))",
            "address": "\(client.address)", "bytes": "\(request.metrics.array.count)",
            "metrics": "\(summary.metricCount)",
            "first": "\(summary.names.map(quoted).joined(separator: ", "))",
        ]
    }

    private func summary(of request: PushTelemetryRequest) -> MetricsSummary? {
        guard let codec = CompressionCodec(rawValue: UInt8(bitPattern: request.compressionType))
        else { return nil }
        let bytes = request.metrics.array
        if codec == .none { return unsafe MetricsSummary(bytes.span.bytes) }
        // Made for each push: what it decompresses to is memory that is seldom needed.
        var decompressor = Decompressor(
            maximumByteCount: max(
                maximumByteCount,
                min(maximumByteCount * Self.largestExpansion, Self.largestPlain)))
        guard let plain = try? unsafe decompressor.decompress(bytes.span.bytes, codec: codec)
        else { return nil }
        return MetricsSummary(plain)
    }

    /// What was counted since the last call, as a line for the log; nil where nothing was.
    func takeReport() -> Logger.Metadata? {
        let (counts, instanceCount) = state.withLock { ($0.takeCounts(), $0.instanceCount) }
        guard counts != TelemetryState.Counts() else { return nil }
        return [
            "clients": "\(instanceCount)", "pushes": "\(counts.pushes)",
            "bytes": "\(counts.byteCount)", "refused": "\(counts.refused)",
        ]
    }
}
