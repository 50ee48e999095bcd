/// A value behind a lock, used like `Synchronization.Mutex`.
///
/// That one is a priority-inheriting futex, which hands over to a sleeping waiter on every release:
/// with 64 threads appending durably to one partition each append then costs a context switch, and
/// a third of the acknowledgements were left (20,000–27,000 a second against 54,000–64,000 here, on
/// two cores). The thread sanitizer, moreover, knows pthread's locks and not that one.
package struct Locked<Value: ~Copyable>: ~Copyable, @unchecked Sendable {
    private let lock = ConditionLock()
    private let box: LockedBox<Value>

    package init(_ value: consuming sending Value) { box = LockedBox(value) }

    /// Runs `body` with the value while no other thread does. Not reentrant.
    package borrowing func withLock<Result: ~Copyable, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        lock.lock()
        defer { lock.unlock() }
        return try body(&box.value)
    }
}
