import Glibc

/// Tells how long a codec took for one batch: two readings of some 30 ns each.
enum CodecClock {
    /// The system's monotonic clock, from an arbitrary start.
    static func nanos() -> Int64 {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
