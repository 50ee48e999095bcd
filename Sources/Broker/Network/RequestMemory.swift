import CommitLog
import NIOCore

/// The memory for requests that are being received, of all connections together.
///
/// Who cannot have his at once waits in a queue; what is given back goes to the first in it, and nobody
/// overtakes, so that a large request is not starved by small ones. Thread contract: any thread.
final class RequestMemory: Sendable {
    private struct Waiter {
        var connection: ConnectionID
        var byteCount: Int
        var granted: @Sendable () -> Void
    }

    private struct State {
        var used = 0
        var waiters = CircularBuffer<Waiter>()
    }

    let limit: Int
    private let state = Locked(State())

    init(limit: Int) { self.limit = limit }

    var usedByteCount: Int { state.withLock { $0.used } }
    var waiterCount: Int { state.withLock { $0.waiters.count } }

    /// True where the memory is the caller's now; else `granted` is called, from any thread, when it is.
    func take(
        _ byteCount: Int, for connection: ConnectionID, granted: @escaping @Sendable () -> Void
    ) -> Bool {
        precondition(byteCount <= limit, "a request above the limit would wait forever")
        return state.withLock { state in
            if state.waiters.isEmpty, state.used + byteCount <= limit {
                state.used += byteCount
                return true
            }
            state.waiters.append(
                Waiter(connection: connection, byteCount: byteCount, granted: granted))
            return false
        }
    }

    func giveBack(_ byteCount: Int) {
        let granted = state.withLock { state in
            state.used -= byteCount
            assert(state.used >= 0)
            return grant(&state)
        }
        for grant in granted { grant() }
    }

    /// Takes a connection out of the queue. False where it was granted its memory already, which it
    /// must then give back.
    func cancel(_ connection: ConnectionID) -> Bool {
        let (wasWaiting, granted) = state.withLock { state in
            let index = state.waiters.firstIndex { $0.connection == connection }
            if let index { state.waiters.remove(at: index) }
            return (index != nil, grant(&state))
        }
        for grant in granted { grant() }
        return wasWaiting
    }

    private func grant(_ state: inout State) -> [@Sendable () -> Void] {
        var granted: [@Sendable () -> Void] = []
        while let first = state.waiters.first, state.used + first.byteCount <= limit {
            state.used += first.byteCount
            granted.append(first.granted)
            state.waiters.removeFirst()
        }
        return granted
    }
}
