import Measurement
import Synchronization

/// The load generator's clock: the machine's monotonic clock, or one that a test sets, so that
/// measured and computed values can be compared.
///
/// Thread contract: may be read from any thread.
public struct TimeSource: Sendable {
    private let manual: ManualClock?

    /// CLOCK_MONOTONIC.
    public static let monotonic = TimeSource(manual: nil)

    /// A clock that moves only by `advance`.
    public static func manual(_ clock: ManualClock) -> TimeSource {
        TimeSource(manual: clock)
    }

    /// Nanoseconds since an arbitrary start.
    @inline(__always)
    public func now() -> Int64 {
        if let manual { return manual.now }
        return MonotonicClock.now()
    }
}

/// A clock for tests.
public final class ManualClock: Sendable {
    private let nanos: Atomic<Int64>

    public init(nanos: Int64 = 0) {
        self.nanos = Atomic(nanos)
    }

    public var now: Int64 { nanos.load(ordering: .relaxed) }

    public func advance(by delta: Int64) {
        nanos.wrappingAdd(delta, ordering: .relaxed)
    }

    /// Moves the clock to a time; never backwards.
    public func advance(to time: Int64) {
        if time > now { nanos.store(time, ordering: .relaxed) }
    }
}
