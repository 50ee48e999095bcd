import Glibc
import Measurement
import Synchronization

/// Wakes one waiting thread; a signal that comes before the wait is not lost.
///
/// A signal that comes before the waiter has seen the previous one costs one atomic exchange.
///
/// Thread contract: any thread may `signal`; one thread at a time may `wait`.
@safe
public final class Wakeup: Sendable {
    // A POSIX condition needs addresses that never change.
    private nonisolated(unsafe) let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(
        capacity: 1)
    private nonisolated(unsafe) let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(
        capacity: 1)
    private let isSignalled = Atomic<Bool>(false)
    private let listener = CheckedMutex(Listener())

    /// A mutex over the closure itself would wrap it once more at each use.
    private struct Listener: Sendable {
        var hear: (@Sendable () -> Void)?
    }

    public init() {
        unsafe mutex.initialize(to: pthread_mutex_t())
        unsafe condition.initialize(to: pthread_cond_t())
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        // Deadlines are on the monotonic clock: a step of the wall clock must not move them.
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        let statuses = unsafe (
            pthread_mutex_init(mutex, nil), pthread_cond_init(condition, &attributes)
        )
        precondition(statuses == (0, 0), "no condition variable could be made")
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    public func signal() {
        guard !isSignalled.exchange(true, ordering: .acquiringAndReleasing) else { return }
        if let hear = listener.withLock({ $0 }).hear { return hear() }
        // Under the lock, or the signal could fall between the waiter's check and its sleep.
        unsafe pthread_mutex_lock(mutex)
        unsafe pthread_cond_signal(condition)
        unsafe pthread_mutex_unlock(mutex)
    }

    /// From now on nobody waits. A signal, also an earlier one, calls `body`, on any thread, and the next
    /// does so after `clear`.
    func forward(to body: @escaping @Sendable () -> Void) {
        listener.withLock { $0 = Listener(hear: body) }
        if isSignalled.load(ordering: .acquiring) { body() }
    }

    /// What follows a signal begins.
    func clear() { isSignalled.store(false, ordering: .sequentiallyConsistent) }

    /// Waits for a signal, at most until a time of CLOCK_MONOTONIC in nanoseconds.
    ///
    /// - Returns: whether a signal came.
    @discardableResult
    public func wait(until deadline: Int64) -> Bool {
        var limit = timespec(
            tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while !isSignalled.exchange(false, ordering: .acquiringAndReleasing) {
            if unsafe pthread_cond_timedwait(condition, mutex, &limit) == ETIMEDOUT {
                return isSignalled.exchange(false, ordering: .acquiringAndReleasing)
            }
        }
        return true
    }
}
