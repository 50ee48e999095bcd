import Synchronization

/// A `Mutex` whose lock order ThreadSanitizer sees.
///
/// The runtime's `Mutex` is not instrumented, so on Linux the sanitizer reports every use of it as
/// a race, and real races would go unnoticed. An acquiring load and a releasing store of a counter
/// inside the lock, both plain moves on x86-64, show it the order.
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
