@testable import CommitLog

/// A value that threads of a test share, behind a lock that the thread sanitizer knows.
final class LockedValue<Value: Sendable>: Sendable {
    private let lock = ConditionLock()
    private let box: LockedBox<Value>

    init(_ value: Value) { box = LockedBox(value) }

    var value: Value {
        lock.lock()
        defer { lock.unlock() }
        return box.value
    }

    func change(_ body: (inout Value) -> Void) {
        lock.lock()
        defer { lock.unlock() }
        body(&box.value)
    }
}
