import Glibc

/// A clock to sleep on until an absolute time. Tests replace it by a scripted one.
public protocol PacingClock: Sendable {
    /// Nanoseconds on the time line of `MonotonicClock`.
    func now() -> Int64
    /// Returns at `deadlineNanos`, or later if the machine stalls; at once if it has passed.
    func sleep(until deadlineNanos: Int64)
}

/// `CLOCK_MONOTONIC` and `clock_nanosleep` to an absolute time, so that lateness never adds up.
///
/// The kernel may round a thread's wake-up up by its timer slack, 50 µs by default.
public struct SystemPacingClock: PacingClock {
    public init() {}

    public func now() -> Int64 { MonotonicClock.now() }

    public func sleep(until deadlineNanos: Int64) {
        var deadline = timespec(
            tv_sec: Int(deadlineNanos / 1_000_000_000), tv_nsec: Int(deadlineNanos % 1_000_000_000))
        // A signal handler ends the sleep early; the deadline is absolute, so the call is repeated.
        while unsafe clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &deadline, nil) == EINTR {}
    }
}
