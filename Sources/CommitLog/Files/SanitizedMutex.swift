#if THREAD_SANITIZER
    /// Takes the place of `Synchronization.Mutex` in this module where the thread sanitizer watches.
    ///
    /// The sanitizer does not see the futex inside that one and reports every value it protects; pthread's
    /// locks it knows. Build with `--sanitize=thread -Xswiftc -DTHREAD_SANITIZER`.
    struct Mutex<Value: ~Copyable>: ~Copyable, @unchecked Sendable {
        private let lock = ConditionLock()
        private let box: LockedBox<Value>

        init(_ value: consuming sending Value) { box = LockedBox(value) }

        borrowing func withLock<Result: ~Copyable, Failure: Error>(
            _ body: (inout Value) throws(Failure) -> Result
        ) throws(Failure) -> Result {
            lock.lock()
            defer { lock.unlock() }
            return try body(&box.value)
        }
    }
#endif
