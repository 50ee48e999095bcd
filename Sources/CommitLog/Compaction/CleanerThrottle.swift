import Glibc
import Synchronization

/// Holds the cleaner to `log.cleaner.io.max.bytes.per.second`, and ends its work when the directory
/// closes.
///
/// Thread contract: `didTransfer` by the cleaning thread, `stop` by any.
final class CleanerThrottle: Sendable {
    /// No longer than this passes before a sleeping cleaner notices that it is to stop.
    private static let longestSleepNanos: Int64 = 50_000_000

    private struct State {
        var startNanos: Int64
        var byteCount = 0
    }

    /// The bits of a `Double`.
    private let rate: Atomic<UInt64>
    private let state: Locked<State>
    private let isStopping = Atomic<Bool>(false)

    init(bytesPerSecond: Double) {
        rate = Atomic(bytesPerSecond.bitPattern)
        state = Locked(State(startNanos: monotonicNanos()))
    }

    var isStopped: Bool { isStopping.load(ordering: .relaxed) }

    func stop() { isStopping.store(true, ordering: .relaxed) }

    private var bytesPerSecond: Double { Double(bitPattern: rate.load(ordering: .relaxed)) }

    func limit(to bytesPerSecond: Double) {
        rate.store(bytesPerSecond.bitPattern, ordering: .relaxed)
        begin()
    }

    /// Begins to count anew, so that idle time allows no higher rate.
    func begin() {
        state.withLock { $0 = State(startNanos: monotonicNanos()) }
    }

    /// Counts bytes that were read or written, and sleeps as long as they came too fast.
    func didTransfer(_ byteCount: Int) {
        guard bytesPerSecond < Double.greatestFiniteMagnitude else { return }
        let (start, total) = state.withLock { state in
            state.byteCount += byteCount
            return (state.startNanos, state.byteCount)
        }
        while !isStopped {
            let pause = Self.pauseNanos(
                byteCount: total, bytesPerSecond: bytesPerSecond,
                elapsedNanos: monotonicNanos() - start)
            if pause <= 0 { return }
            var time = timespec(tv_sec: 0, tv_nsec: Int(min(pause, Self.longestSleepNanos)))
            unsafe _ = nanosleep(&time, nil)
        }
    }

    /// How much longer so many bytes must take.
    static func pauseNanos(
        byteCount: Int, bytesPerSecond: Double, elapsedNanos: Int64
    ) -> Int64 {
        let due = Double(byteCount) / bytesPerSecond * 1e9
        return Int64(min(due, 9e18)) - elapsedNanos
    }
}

/// Puts the calling thread behind those that append and read. A failure does no harm.
func lowerThreadPriority() {
    // On Linux this sets the niceness of the calling thread alone.
    _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
}
