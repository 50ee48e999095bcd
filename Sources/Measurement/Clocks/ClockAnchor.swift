/// One pair of readings that ties the monotonic clock to the time of day for a whole run.
///
/// Taken once a run, so that a correction of the wall clock during the run does not distort a
/// series. An immutable value: any thread may convert with it.
public struct ClockAnchor: Sendable, Hashable {
    public let monotonicNanos: Int64
    /// The time of day at `monotonicNanos`, in nanoseconds since 1970.
    public let unixNanos: Int64
    /// How far `unixNanos` may be from the truth: half the distance of the two monotonic readings
    /// that enclosed it.
    public let uncertaintyNanos: Int64

    public init(monotonicNanos: Int64, unixNanos: Int64, uncertaintyNanos: Int64 = 0) {
        self.monotonicNanos = monotonicNanos
        self.unixNanos = unixNanos
        self.uncertaintyNanos = uncertaintyNanos
    }

    /// Reads the time of day between two readings of the monotonic clock, several times, and keeps
    /// the closest pair: if the thread was descheduled in between, all times of the run would be
    /// skewed.
    public static func sample(attempts: Int = 32) -> ClockAnchor {
        sample(attempts: attempts, monotonic: MonotonicClock.now, wall: WallClock.now)
    }

    static func sample(
        attempts: Int, monotonic: () -> Int64, wall: () -> Int64
    ) -> ClockAnchor {
        precondition(attempts > 0)
        var tightest: ClockAnchor?
        for _ in 0..<attempts {
            let before = monotonic()
            let unix = wall()
            let after = monotonic()
            let half = (after - before) / 2
            if tightest.map({ half < $0.uncertaintyNanos }) ?? true {
                tightest = ClockAnchor(
                    monotonicNanos: before + half, unixNanos: unix, uncertaintyNanos: half)
            }
        }
        return tightest!
    }

    @inlinable
    public func unixNanos(atMonotonic nanos: Int64) -> Int64 {
        unixNanos &+ (nanos &- monotonicNanos)
    }

    @inlinable
    public func monotonicNanos(atUnix nanos: Int64) -> Int64 {
        monotonicNanos &+ (nanos &- unixNanos)
    }
}
