import CommitLog
import NIOCore

/// The memory of answers that are not written yet, of all connections together.
///
/// While it is full no connection takes another request, whichever connections the answers are for.
/// Then the connections go on in the order in which they began to wait. Answers that are being made
/// when it fills up come on top, one for each thread that makes some. Records do not count, since
/// they stay in their files, but over TLS, where a part of them at a time is read: a smaller one once
/// half of the memory is taken, which comes on top, too.
/// Thread contract: any thread.
final class AnswerMemory: Sendable {
    private struct State {
        var used = 0
        var peak = 0
        /// Some that are queued have nothing left to do, and find that out when they are called.
        var waiters = CircularBuffer<@Sendable () -> Void>()
    }

    /// How many of those who wait go on at once while more than half of the memory is taken: their
    /// answers take memory, too.
    private static let wokenAtOnce = 8

    private let limit: Int
    private let state = Locked(State())
    private let onScarcity = Locked<(@Sendable () -> Void)?>(nil)

    init(limit: Int) { self.limit = limit }

    var usedByteCount: Int { state.withLock { $0.used } }
    /// More than half is taken.
    var isScarce: Bool { state.withLock { $0.used > limit / 2 } }
    var waiterCount: Int { state.withLock { $0.waiters.count } }

    /// `body` is called, from any thread, when somebody must wait while nobody did.
    func whenScarce(_ body: @escaping @Sendable () -> Void) { onScarcity.withLock { $0 = body } }

    /// The most that was used since the last call.
    func takePeak() -> Int {
        state.withLock { state in
            defer { state.peak = state.used }
            return state.peak
        }
    }

    func add(_ byteCount: Int) {
        state.withLock { state in
            state.used += byteCount
            state.peak = max(state.peak, state.used)
        }
    }

    func remove(_ byteCount: Int) {
        let woken = state.withLock { state -> [@Sendable () -> Void] in
            state.used -= byteCount
            assert(state.used >= 0)
            guard state.used < limit, !state.waiters.isEmpty else { return [] }
            let count =
                state.used < limit / 2
                ? state.waiters.count : min(Self.wokenAtOnce, state.waiters.count)
            defer { state.waiters.removeFirst(count) }
            return Array(state.waiters.prefix(count))
        }
        for wake in woken { wake() }
    }

    /// True where another request may be taken; else `wake` is called, from any thread, when it is
    /// time to ask again.
    func mayTakeRequest(orWait wake: @escaping @Sendable () -> Void) -> Bool {
        let (mayTake, isFirst) = state.withLock { state -> (Bool, Bool) in
            if state.used < limit { return (true, false) }
            state.waiters.append(wake)
            return (false, state.waiters.count == 1)
        }
        if isFirst { onScarcity.withLock { $0 }?() }
        return mayTake
    }
}
