import Glibc

/// Measures the CPU time of a codec for one batch. It is the thread's own time, so other work on
/// the machine does not change it. A reading is a system call of some 200 ns.
enum CodecClock {
    /// The CPU time of the calling thread so far.
    static func nanos() -> Int64 {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
