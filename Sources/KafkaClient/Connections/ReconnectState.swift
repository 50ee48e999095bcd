import NIOCore

/// When a broker that could not be reached may be tried again. A pure state machine.
struct ReconnectState {
    private var failuresInARow = 0
    private(set) var earliestNext: NIODeadline?
    private(set) var lastError: ConnectionError?

    mutating func fail(
        _ error: ConnectionError, now: NIODeadline, jitter: Double, settings: ConnectionSettings
    ) {
        failuresInARow += 1
        lastError = error
        let backoff = Backoff(
            initialMs: settings.reconnectBackoffMs, maximumMs: settings.reconnectBackoffMaxMs)
        earliestNext = now + backoff.wait(afterFailures: failuresInARow, jitter: jitter)
    }

    mutating func succeed() { self = ReconnectState() }

    /// The error to tell instead of trying; nil where it is time to try.
    func refusal(now: NIODeadline) -> ConnectionError? {
        guard let earliestNext, earliestNext > now else { return nil }
        return lastError
    }
}
