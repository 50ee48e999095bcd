import NIOCore

/// How long a broker wants the client to be silent, because of a quota (KIP-219).
public struct QuotaThrottle: Equatable, Sendable {
    /// How many responses asked for it.
    public private(set) var count = 0
    /// The sum of what they asked for.
    public private(set) var total = TimeAmount.zero
    private var end: NIODeadline?

    /// A broker that asks for more is not obeyed longer than this.
    static let longest = TimeAmount.minutes(10)

    mutating func receive(throttleTimeMs: Int32, now: NIODeadline) {
        guard throttleTimeMs > 0 else { return }
        let pause = min(.milliseconds(Int64(throttleTimeMs)), Self.longest)
        count += 1
        total = total + pause
        end = max(end ?? now, now + pause)
    }

    /// Adds what another connection was asked for; its pause does not concern this one.
    mutating func add(_ other: Self) {
        count += other.count
        total = total + other.total
    }

    /// When the next request may be sent; nil where that is now.
    func pause(now: NIODeadline) -> NIODeadline? {
        guard let end, end > now else { return nil }
        return end
    }
}
