import Glibc

/// A mutual-exclusion lock with condition queues, for threads that must sleep until told.
///
/// `Mutex` has no condition variable; this is pthread's, with deadlines on the monotonic clock.
/// Thread contract: `wait` only while holding the lock, from the thread that holds it.
@safe final class ConditionLock: @unchecked Sendable {
    // Both live at fixed addresses from init to deinit, as pthread demands.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let conditions: UnsafeMutablePointer<pthread_cond_t>
    private let conditionCount: Int

    init(conditionCount: Int = 1) {
        self.conditionCount = conditionCount
        unsafe mutex = .allocate(capacity: 1)
        unsafe conditions = .allocate(capacity: conditionCount)
        unsafe pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        for index in 0..<conditionCount {
            unsafe pthread_cond_init(conditions + index, &attributes)
        }
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        for index in 0..<conditionCount { unsafe pthread_cond_destroy(conditions + index) }
        unsafe pthread_mutex_destroy(mutex)
        unsafe conditions.deallocate()
        unsafe mutex.deallocate()
    }

    func lock() { unsafe pthread_mutex_lock(mutex) }
    func unlock() { unsafe pthread_mutex_unlock(mutex) }

    func wait(on condition: Int = 0) {
        unsafe pthread_cond_wait(conditions + condition, mutex)
    }

    /// Waits until signalled or until `deadline`, in nanoseconds of the monotonic clock; false when
    /// the deadline passed.
    func wait(on condition: Int = 0, untilNanos deadline: Int64) -> Bool {
        var time = timespec(
            tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
        return unsafe pthread_cond_timedwait(conditions + condition, mutex, &time) != ETIMEDOUT
    }

    func signal(_ condition: Int = 0) { unsafe pthread_cond_signal(conditions + condition) }
    func broadcast(_ condition: Int = 0) { unsafe pthread_cond_broadcast(conditions + condition) }
}

/// Nanoseconds of the monotonic clock, for deadlines only.
func monotonicNanos() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
