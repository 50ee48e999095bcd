import Glibc

/// The CPU time of the calling thread: other work on the machine does not count. A reading is a
/// system call of some 200 ns, so let it time milliseconds.
public enum ThreadClock {
    public static func now() -> Int64 {
        MonotonicClock.nanoseconds(of: CLOCK_THREAD_CPUTIME_ID)
    }
}
