import KafkaProtocol
import NIOCore

/// Tries an operation until it succeeds, fails for good, or `default.api.timeout.ms` has passed.
struct RetryLoop {
    let deadline: NIODeadline
    private let backoff: Backoff
    private var failures = 0

    init(_ settings: MetadataSettings, now: NIODeadline = .now()) {
        deadline = now + .milliseconds(settings.defaultApiTimeoutMs)
        backoff = Backoff(
            initialMs: settings.retryBackoffMs, maximumMs: settings.retryBackoffMaxMs)
    }

    /// The wait before the next attempt; nil where `error` will not pass, or there is no time left.
    mutating func wait(after error: any Error, now: NIODeadline, jitter: Double) -> TimeAmount? {
        guard Self.isRetriable(error) else { return nil }
        failures += 1
        let wait = backoff.wait(afterFailures: failures, jitter: jitter)
        return now + wait < deadline ? wait : nil
    }

    static func isRetriable(_ error: any Error) -> Bool {
        switch error {
        case let error as ConnectionError: error.isRetriable
        case let error as AdministrationError: error.code.isRetriable
        case ClusterError.coordinator(let error): error.code.isRetriable
        case ClusterError.unknownBroker: true
        default: false
        }
    }
}
