import CommitLog
import NIOCore

/// The memory for requests that are being received or handled, of all connections together.
///
/// Bytes count when they have come, not when they are announced: a client that announces much and
/// sends little takes little from others. Where the limit is reached, requests that need more wait
/// in the order of asking; a part of the limit is for small requests alone. Unfinished requests
/// would then wait for each other, so the oldest of them always goes on, beyond the limit if need
/// be, unless a whole request will soon give its memory back. So the limit may be exceeded by one
/// request, as Kafka's may.
/// Thread contract: any thread.
final class RequestMemory: Sendable {
    /// The part of the limit that only small requests get: an eighth.
    private static let smallRequestsDivisor = 8
    /// No request above this is small.
    private static let largestSmallByteCount = 1 << 20

    private struct Request {
        var isSmall: Bool
        var heldByteCount = 0
        /// All of it has come; its memory comes back when it has been handled.
        var isWhole = false
        var wanted: (byteCount: Int, granted: @Sendable () -> Void)?
    }

    private struct State {
        var used = 0
        var peak = 0
        /// What whole requests hold.
        var wholeByteCount = 0
        var requests: [UInt64: Request] = [:]
        var lastNumber: UInt64 = 0
        var waiterCount = 0
        // In the order of asking. A request that is done stays until its turn comes, and is skipped
        // then.
        var unfinished = CircularBuffer<UInt64>()
        var smallWaiters = CircularBuffer<UInt64>()
        var largeWaiters = CircularBuffer<UInt64>()
    }

    private let limit: Int
    private let limitForLarge: Int
    private let largestSmallByteCount: Int
    private let onScarcity = Locked<(@Sendable () -> Void)?>(nil)
    private let state = Locked(State())

    init(limit: Int) {
        self.limit = limit
        let share = limit / Self.smallRequestsDivisor
        limitForLarge = limit - share
        largestSmallByteCount = min(share, Self.largestSmallByteCount)
    }

    /// `body` is called, from any thread, when somebody must wait while nobody did.
    func whenScarce(_ body: @escaping @Sendable () -> Void) { onScarcity.withLock { $0 = body } }

    var usedByteCount: Int { state.withLock { $0.used } }
    var waiterCount: Int { state.withLock { $0.waiterCount } }

    /// The most that was used since the last call.
    func takePeak() -> Int {
        state.withLock { state in
            defer { state.peak = state.used }
            return state.peak
        }
    }

    /// A request of so many bytes has begun. It holds nothing yet.
    func begin(byteCount: Int) -> RequestShare {
        let number = state.withLock { state in
            state.lastNumber += 1
            state.requests[state.lastNumber] = Request(isSmall: byteCount <= largestSmallByteCount)
            state.unfinished.append(state.lastNumber)
            return state.lastNumber
        }
        return RequestShare(number: number, memory: self)
    }

    fileprivate func take(
        _ byteCount: Int, for number: UInt64, granted: @escaping @Sendable () -> Void
    ) -> Bool {
        let (isTaken, isFirstWaiter) = state.withLock { state -> (Bool, Bool) in
            guard let request = state.requests[number] else { return (false, false) }
            precondition(request.wanted == nil, "a request waits once at a time")
            let hasTurn =
                request.isSmall ? state.smallWaiters.isEmpty : state.largeWaiters.isEmpty
            if hasTurn && fits(byteCount, request, state) || mayExceed(number, &state) {
                grant(byteCount, number, &state)
                return (true, false)
            }
            state.requests[number]?.wanted = (byteCount, granted)
            if request.isSmall {
                state.smallWaiters.append(number)
            } else {
                state.largeWaiters.append(number)
            }
            state.waiterCount += 1
            return (false, state.waiterCount == 1)
        }
        if isFirstWaiter { onScarcity.withLock { $0 }?() }
        return isTaken
    }

    fileprivate func didCome(_ number: UInt64) {
        state.withLock { state in
            guard let request = state.requests[number], !request.isWhole else { return }
            state.requests[number]?.isWhole = true
            state.wholeByteCount += request.heldByteCount
        }
    }

    fileprivate func end(_ number: UInt64) {
        let granted = state.withLock { state -> [@Sendable () -> Void] in
            guard let request = state.requests.removeValue(forKey: number) else { return [] }
            state.used -= request.heldByteCount
            if request.isWhole { state.wholeByteCount -= request.heldByteCount }
            if request.wanted != nil { state.waiterCount -= 1 }
            return grantWaiters(&state)
        }
        for grant in granted { grant() }
    }

    private func fits(_ byteCount: Int, _ request: Request, _ state: borrowing State) -> Bool {
        state.used + byteCount <= (request.isSmall ? limit : limitForLarge)
    }

    /// Whether this is the oldest request that has not come, and nobody gives memory back without
    /// more.
    private func mayExceed(_ number: UInt64, _ state: inout State) -> Bool {
        state.wholeByteCount == 0 && oldestUnfinished(&state) == number
    }

    private func oldestUnfinished(_ state: inout State) -> UInt64? {
        while let first = state.unfinished.first, state.requests[first]?.isWhole ?? true {
            state.unfinished.removeFirst()
        }
        return state.unfinished.first
    }

    private func grant(_ byteCount: Int, _ number: UInt64, _ state: inout State) {
        state.requests[number]?.heldByteCount += byteCount
        state.used += byteCount
        state.peak = max(state.peak, state.used)
    }

    private func grantWaiters(_ state: inout State) -> [@Sendable () -> Void] {
        guard state.waiterCount > 0 else {
            state.smallWaiters.removeAll()
            state.largeWaiters.removeAll()
            return []
        }
        var granted: [@Sendable () -> Void] = []
        if let oldest = oldestUnfinished(&state), mayExceed(oldest, &state),
            let callback = grantWanted(oldest, &state)
        {
            granted.append(callback)
        }
        grant(from: \.smallWaiters, &state, &granted)
        grant(from: \.largeWaiters, &state, &granted)
        return granted
    }

    private func grant(
        from waiters: WritableKeyPath<State, CircularBuffer<UInt64>>, _ state: inout State,
        _ granted: inout [@Sendable () -> Void]
    ) {
        while let first = state[keyPath: waiters].first {
            if let request = state.requests[first], let wanted = request.wanted {
                guard fits(wanted.byteCount, request, state) else { return }
                if let callback = grantWanted(first, &state) { granted.append(callback) }
            }
            state[keyPath: waiters].removeFirst()
        }
    }

    private func grantWanted(
        _ number: UInt64, _ state: inout State
    ) -> (@Sendable () -> Void)? {
        guard let wanted = state.requests[number]?.wanted else { return nil }
        state.requests[number]?.wanted = nil
        state.waiterCount -= 1
        grant(wanted.byteCount, number, &state)
        return wanted.granted
    }
}

/// What one request holds of the memory; it comes back when the last reference goes.
/// Thread contract: any thread.
final class RequestShare: Sendable {
    private let number: UInt64
    private let memory: RequestMemory

    fileprivate init(number: UInt64, memory: RequestMemory) {
        self.number = number
        self.memory = memory
    }

    deinit { memory.end(number) }

    /// True where the bytes may be kept; else `granted` is called, from any thread, when they may.
    /// It is not called once the share has gone.
    func take(_ byteCount: Int, granted: @escaping @Sendable () -> Void) -> Bool {
        memory.take(byteCount, for: number, granted: granted)
    }

    /// All of the request has come.
    func didCome() { memory.didCome(number) }
}
