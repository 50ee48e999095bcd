import Synchronization

/// A request to end.
///
/// Thread contract: may be set and read from any thread and from a signal handler's queue.
public final class StopFlag: Sendable {
    private let value = Atomic<Bool>(false)

    public init() {}

    public var isSet: Bool { value.load(ordering: .acquiring) }

    public func set() {
        value.store(true, ordering: .releasing)
    }
}
