import NIOCore

/// The wait before the next attempt: it doubles with each failure, up to a limit, and varies by a fifth
/// so that clients do not come back all at once (KIP-580).
struct Backoff: Hashable, Sendable {
    var initialMs: Int64
    var maximumMs: Int64

    /// The wait after so many failures in a row; `jitter` is between 0 and 1.
    func wait(afterFailures failures: Int, jitter: Double) -> TimeAmount {
        guard failures > 0, initialMs > 0 else { return .zero }
        // From 2^31 on every limit that can be set is passed.
        let doubled = Double(initialMs) * Double(Int64(1) << Int64(min(failures - 1, 31)))
        let bounded = min(doubled, Double(max(initialMs, maximumMs)))
        return .nanoseconds(Int64(bounded * (0.8 + 0.4 * jitter) * 1_000_000))
    }

    /// The wait in milliseconds.
    func waitMs(afterFailures failures: Int, jitter: Double) -> Int64 {
        wait(afterFailures: failures, jitter: jitter).nanoseconds / 1_000_000
    }
}
