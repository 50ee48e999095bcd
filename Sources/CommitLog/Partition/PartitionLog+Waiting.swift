public import RecordFormat
import Synchronization

/// A callback that waits for the log, or what of it is decided, to grow past an offset.
struct AppendWaiter {
    enum Bound {
        case logEndOffset
        case lastStableOffset
    }

    var id: Int
    var bound: Bound
    var offset: Offset
    var callback: @Sendable () -> Void
}

/// Names a registration made with `whenMore`, to cancel it.
public struct WaitToken: Sendable, Hashable {
    fileprivate let id: Int
}

extension PartitionLog {
    /// Calls `callback` once, as soon as the record at `offset` is there or the log closes, from
    /// the thread that appended it and after its append; it must be short. Returns nil, and forgets
    /// the callback, when the record is there already or the log is closed.
    public func whenMore(
        than offset: Offset, _ callback: @escaping @Sendable () -> Void
    ) -> WaitToken? {
        wait(for: .logEndOffset, past: offset, callback)
    }

    func wait(
        for bound: AppendWaiter.Bound, past offset: Offset,
        _ callback: @escaping @Sendable () -> Void
    ) -> WaitToken? {
        view.withLock { view in
            guard view.offset(of: bound) <= offset, !view.isClosed else { return nil }
            let id = view.nextWaiterID
            view.nextWaiterID += 1
            view.waiters.append(
                AppendWaiter(id: id, bound: bound, offset: offset, callback: callback))
            return WaitToken(id: id)
        }
    }

    /// Forgets a callback. False when it has been called, or is just being called.
    @discardableResult
    public func cancel(_ token: WaitToken) -> Bool {
        view.withLock { view in
            guard let index = view.waiters.firstIndex(where: { $0.id == token.id }) else {
                return false
            }
            view.waiters.remove(at: index)
            return true
        }
    }

    /// Blocks until the record at `offset` is there. False when `timeout` passed or the log closed.
    public func waitForMore(than offset: Offset, timeout: Duration) -> Bool {
        if logEndOffset > offset { return true }
        let lock = ConditionLock()
        let isCalled = LockedBox(false)
        let token = whenMore(than: offset) {
            lock.lock()
            isCalled.value = true
            lock.signal()
            lock.unlock()
        }
        guard let token else { return logEndOffset > offset }
        let deadline = monotonicNanos().addingReportingOverflow(timeout.clampedNanos)
        let deadlineNanos = deadline.overflow ? Int64.max : deadline.partialValue
        lock.lock()
        while !isCalled.value, lock.wait(untilNanos: deadlineNanos) {}
        lock.unlock()
        cancel(token)
        return logEndOffset > offset
    }

    /// Suspends until the record at `offset` is there. False when the log closed or the task was
    /// cancelled.
    public func waitForMore(than offset: Offset) async -> Bool {
        let wait = SuspendedWait()
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard wait.suspend(continuation) else { return }
                let token = whenMore(than: offset) { wait.resume() }
                if token == nil { wait.resume() }
                wait.remember(token)
            }
        } onCancel: {
            if let token = wait.resume() { cancel(token) }
        }
        if Task.isCancelled, let token = wait.token { cancel(token) }
        return logEndOffset > offset
    }
}

extension PartitionLog.View {
    func offset(of bound: AppendWaiter.Bound) -> Offset {
        switch bound {
        case .logEndOffset: logEndOffset
        case .lastStableOffset: lastStableOffset
        }
    }

    /// Takes out the waiters whom the log as it is satisfies.
    mutating func takeReadyWaiters() -> [@Sendable () -> Void] {
        let (end, stable) = (logEndOffset, lastStableOffset)
        var callbacks: [@Sendable () -> Void] = []
        waiters.removeAll { waiter in
            guard waiter.offset < (waiter.bound == .logEndOffset ? end : stable) else {
                return false
            }
            callbacks.append(waiter.callback)
            return true
        }
        return callbacks
    }

    /// Takes out all waiters: the log is closed.
    mutating func takeWaiters() -> [@Sendable () -> Void] {
        defer { waiters = [] }
        return waiters.map(\.callback)
    }
}

/// One suspended task, resumed once by whoever comes first: the append, the close, the
/// cancellation.
private final class SuspendedWait: Sendable {
    private struct State {
        var continuation: CheckedContinuation<Void, Never>?
        var token: WaitToken?
        var isOver = false
    }

    private let state = Locked(State())

    var token: WaitToken? { state.withLock { $0.token } }

    /// False, and resumed at once, when the cancellation was earlier.
    func suspend(_ continuation: CheckedContinuation<Void, Never>) -> Bool {
        let isOver = state.withLock { state in
            if !state.isOver { state.continuation = continuation }
            return state.isOver
        }
        if isOver { continuation.resume() }
        return !isOver
    }

    func remember(_ token: WaitToken?) {
        state.withLock { $0.token = token }
    }

    @discardableResult
    func resume() -> WaitToken? {
        let (continuation, token) = state.withLock { state in
            defer { state.continuation = nil }
            state.isOver = true
            return (state.continuation, state.token)
        }
        continuation?.resume()
        return token
    }
}

extension Duration {
    /// Whole nanoseconds, at least 0, at most what an `Int64` holds.
    fileprivate var clampedNanos: Int64 {
        let (seconds, attoseconds) = components
        if seconds < 0 { return 0 }
        if seconds >= Int64.max / 1_000_000_000 - 1 { return .max }
        return max(0, seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
