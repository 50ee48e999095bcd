import Glibc

/// The time that tokens speak of.
package enum TokenClock {
    /// Since 1970.
    package static var seconds: Double {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
