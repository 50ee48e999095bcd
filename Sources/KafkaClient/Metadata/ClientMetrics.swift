import KafkaProtocol
import Metrics
import NIOCore

/// What a client tells the program's metrics backend (swift-metrics), with its `client.id` as the
/// dimension `kafka.client.id`: by request and by batch, never by record.
///
/// | Label | Kind | Further dimension |
/// |---|---|---|
/// | `kafka.client.requests` | counter | `kafka.api` |
/// | `kafka.client.request.duration` | timer | `kafka.api` |
/// | `kafka.client.bytes.sent`, `kafka.client.bytes.received` | counters | |
/// | `kafka.client.retries` | counter of batches that were sent again | |
/// | `kafka.client.errors` | counter of answers for single partitions | `kafka.error` |
///
/// Thread contract: everything on the event loop of the client.
final class ClientMetrics {
    private let factory: any MetricsFactory
    private let client: (String, String)
    private let sent: Counter
    private let received: Counter
    private let retries: Counter
    private var requests: [ApiKey: Counter] = [:]
    private var durations: [ApiKey: Timer] = [:]
    private var errors: [ErrorCode: Counter] = [:]

    /// Nil where there is no backend: then nothing is counted.
    init?(clientID: String, factory: any MetricsFactory = MetricsSystem.factory) {
        if factory is NOOPMetricsHandler { return nil }
        self.factory = factory
        client = ("kafka.client.id", clientID)
        sent = Counter(
            label: "kafka.client.bytes.sent", dimensions: [client], factory: factory)
        received = Counter(
            label: "kafka.client.bytes.received", dimensions: [client], factory: factory)
        retries = Counter(label: "kafka.client.retries", dimensions: [client], factory: factory)
    }

    func didSend(_ api: ApiKey, byteCount: Int) {
        sent.increment(by: byteCount)
        let counter =
            requests[api]
            ?? Counter(
                label: "kafka.client.requests", dimensions: [client, ("kafka.api", "\(api)")],
                factory: factory)
        requests[api] = counter
        counter.increment()
    }

    func didReceive(byteCount: Int) { received.increment(by: byteCount) }

    func didAnswer(_ api: ApiKey, after time: TimeAmount) {
        let timer =
            durations[api]
            ?? Timer(
                label: "kafka.client.request.duration",
                dimensions: [client, ("kafka.api", "\(api)")], factory: factory)
        durations[api] = timer
        timer.recordNanoseconds(time.nanoseconds)
    }

    func didRetry(_ batches: Int) {
        if batches > 0 { retries.increment(by: batches) }
    }

    func didFail(_ code: ErrorCode) {
        let counter =
            errors[code]
            ?? Counter(
                label: "kafka.client.errors", dimensions: [client, ("kafka.error", code.name)],
                factory: factory)
        errors[code] = counter
        counter.increment()
    }
}
