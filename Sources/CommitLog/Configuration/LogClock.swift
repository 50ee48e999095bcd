import Glibc

/// Where a log gets the wall-clock time from: milliseconds since 1970, UTC. A test passes its own.
public struct LogClock: Sendable {
    let nowMs: @Sendable () -> Int64

    public init(nowMs: @escaping @Sendable () -> Int64) {
        self.nowMs = nowMs
    }

    /// The system's real-time clock.
    public static let system = LogClock {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
