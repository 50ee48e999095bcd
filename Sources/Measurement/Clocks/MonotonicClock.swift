import Glibc

/// The clock of every latency: `CLOCK_MONOTONIC`, in nanoseconds since some point before the run.
///
/// It does not jump when the time of day is set. All threads and processes of one machine read the
/// same value, so the times of a producer and a consumer on one machine can be compared. Any thread
/// may read it; a read costs about 25 ns, without a system call (vDSO).
public enum MonotonicClock {
    @inlinable
    public static func now() -> Int64 {
        nanoseconds(of: CLOCK_MONOTONIC)
    }

    /// Reads any of the kernel's clocks as one integer.
    @inlinable
    static func nanoseconds(of clock: clockid_t) -> Int64 {
        var time = timespec()
        // It can fail only for a clock that the kernel does not have.
        let status = unsafe clock_gettime(clock, &time)
        precondition(status == 0, "the kernel has no such clock")
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}

/// Time of day: nanoseconds since 1970-01-01T00:00:00Z, from `CLOCK_REALTIME`.
///
/// It may be set during a run, so durations are not measured with it; see `ClockAnchor`.
public enum WallClock {
    @inlinable
    public static func now() -> Int64 {
        MonotonicClock.nanoseconds(of: CLOCK_REALTIME)
    }
}
