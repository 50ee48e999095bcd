/// Tokens that come back at a rate, and of which so many may be taken at once as come back in all windows together
/// (KIP-599). Pure; times are milliseconds of any clock that does not go back.
struct TokenBucket: Sendable {
    let windows: QuotaWindows
    private var tokens: Double?
    private var updatedMs: Int64 = 0

    init(_ windows: QuotaWindows) { self.windows = windows }

    /// Takes tokens, also more than there are. A new bucket is full.
    mutating func take(_ count: Double, rate: Double, nowMs: Int64) {
        tokens = refilled(rate, nowMs) - count
    }

    /// How long until there are none missing; 0 where none are.
    mutating func delayMs(rate: Double, nowMs: Int64) -> Double {
        max(0, -refilled(rate, nowMs) / rate * 1000)
    }

    private mutating func refilled(_ rate: Double, _ nowMs: Int64) -> Double {
        let full = rate * Double(windows.spanMs) / 1000
        let elapsed = Double(max(0, nowMs - updatedMs)) / 1000
        let now = min(full, (tokens ?? full) + elapsed * rate)
        tokens = now
        updatedMs = nowMs
        return now
    }
}
