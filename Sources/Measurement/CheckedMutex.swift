import Synchronization

/// A `Mutex` whose lock order ThreadSanitizer sees.
///
/// The sanitizer does not see the lock inside the runtime's `Mutex` on Linux, since the runtime is
/// not instrumented, and reports every use of it as a race, among which a real one would be lost.
/// Inside the lock, an acquiring load and a releasing store of a counter, both plain moves on
/// x86-64, show it the order that the lock has already made.
///
/// Any thread may call it; the contract is that of `Mutex`.
public struct CheckedMutex<Value: ~Copyable & Sendable>: ~Copyable, Sendable {
    @usableFromInline let mutex: Mutex<Value>
    @usableFromInline let turns = Atomic<UInt64>(0)

    public init(_ value: consuming Value) {
        mutex = Mutex(value)
    }

    @inlinable
    public func withLock<Result, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try mutex.withLock { (value) throws(Failure) -> Result in
            let turn = turns.load(ordering: .acquiring)
            defer { turns.store(turn &+ 1, ordering: .releasing) }
            return try body(&value)
        }
    }
}
