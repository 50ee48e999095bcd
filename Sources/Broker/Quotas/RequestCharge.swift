import CommitLog
import KafkaProtocol
import NIOCore

/// What one request uses of its client's quotas. There is none for a client without quotas.
///
/// The time that counts is that of the turns in which threads of the broker work for the request, which may
/// overlap. Thread contract: any thread.
final class RequestCharge: Sendable {
    private struct State {
        var runningCount = 0
        var since = NIODeadline.now()
        /// Not charged yet.
        var workedNs: Int64 = 0
        var isSettled = false
        /// Until when the client must wait for what it sent, created or deleted.
        var waitsUntil: NIODeadline?
    }

    private static let percentOfNanosecond = 100.0 / 1e9

    let uses: QuotaUses
    private let windows: QuotaWindows
    private let state = Locked(State())

    init(_ uses: QuotaUses, windows: QuotaWindows) {
        self.uses = uses
        self.windows = windows
    }

    /// Counts the bytes of a produce request when it comes, and not with its answer, which may be late: the requests
    /// behind it would be taken before anything is counted. Returns how many milliseconds the client must wait.
    func takeProduce(byteCount: Int) -> Int32 {
        guard let producer = uses.producer else { return 0 }
        let delay = producer.charge(Double(byteCount), nowMs: QuotaClock.nowMs)
        wait(forMs: delay)
        return Self.throttle(delay)
    }

    private func wait(forMs milliseconds: Double) {
        guard milliseconds > 0 else { return }
        let until = NIODeadline.now() + .milliseconds(Int64(milliseconds.rounded().clamped))
        state.withLock { $0.waitsUntil = max($0.waitsUntil ?? until, until) }
    }

    /// A thread begins to work for the request.
    func beginTurn() {
        state.withLock { state in
            Self.count(&state)
            state.runningCount += 1
        }
    }

    func endTurn() {
        let late = state.withLock { state -> Int64 in
            Self.count(&state)
            state.runningCount -= 1
            guard state.isSettled else { return 0 }
            defer { state.workedNs = 0 }
            return state.workedNs
        }
        // The rest of the work, as encoding, counts against the requests that follow.
        if late > 0 {
            uses.request?.record(Double(late) * Self.percentOfNanosecond, nowMs: QuotaClock.nowMs)
        }
    }

    private static func count(_ state: inout State) {
        let now = NIODeadline.now()
        if state.runningCount > 0 { state.workedNs += (now - state.since).nanoseconds }
        state.since = now
    }

    /// The request has its answer, or its connection ends. Returns how many milliseconds the client must wait before
    /// its next request. As in Kafka, nothing is settled where the client wants no answer.
    func settle() -> Int32 { Self.throttle(settleTime(QuotaClock.nowMs)) }

    /// As `settle`, of a fetch of so many bytes. They must not be sent where the quota does not allow it.
    func settleFetch(byteCount: Int) -> (throttleMs: Int32, isSent: Bool) {
        let nowMs = QuotaClock.nowMs
        let delay = settleTime(nowMs)
        guard byteCount > 0, let consumer = uses.consumer else {
            return (Self.throttle(delay), delay <= 0 || byteCount == 0)
        }
        // As in Kafka, who must wait for another reason gets no records either.
        guard delay <= 0 else { return (Self.throttle(delay), false) }
        let charged = consumer.chargeIfFree(Double(byteCount), nowMs: nowMs)
        return (Self.throttle(charged.delayMs), charged.isDone)
    }

    /// The largest answer to a fetch: what the windows allow after silence. Else a client that asks for more than
    /// that would never be answered.
    var largestFetch: Int {
        uses.consumer.map { Int(clamping: Int64($0.largestValue(windows: windows).clamped)) }
            ?? .max
    }

    /// The wait for the time that was worked, and what is left of that for bytes and for mutations.
    private func settleTime(_ nowMs: Int64) -> Double {
        let (worked, waitsUntil) = state.withLock { state -> (Int64, NIODeadline?) in
            Self.count(&state)
            state.isSettled = true
            defer { state.workedNs = 0 }
            return (state.workedNs, state.waitsUntil)
        }
        var delay = 0.0
        if let request = uses.request {
            let asked = request.charge(Double(worked) * Self.percentOfNanosecond, nowMs: nowMs)
            // After so long nothing counts any more. Kafka's longest wait is one window, so that there a client whose
            // every request is expensive gets one a second, whatever its quota.
            delay = min(asked, Double(windows.spanMs))
        }
        if let waitsUntil {
            let left = waitsUntil - .now()
            delay = max(delay, Double(left.nanoseconds) / 1e6)
        }
        return delay
    }

    private static func throttle(_ delayMs: Double) -> Int32 {
        delayMs <= 0 ? 0 : Int32(clamping: Int64(delayMs.rounded().clamped))
    }

    /// Takes so many partitions' creation or deletion from the client's quota.
    /// - Parameter isStrict: the client knows what a refusal means; else it is done, and the client waits.
    func mutate(_ partitionCount: Int, isStrict: Bool) throws(Refusal) {
        guard let use = uses.mutation else { return }
        let taken = use.take(
            Double(partitionCount), isStrict: isStrict, nowMs: QuotaClock.nowMs)
        wait(forMs: taken.delayMs)
        guard taken.isDone else {
            throw Refusal(
                .throttlingQuotaExceeded, "The throttling quota has been exceeded.")
        }
    }
}

extension RequestCharge? {
    /// Runs what counts as work for the request.
    func turn<Result, Failure: Error>(
        _ work: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard let charge = self else { return try work() }
        charge.beginTurn()
        defer { charge.endTurn() }
        return try work()
    }
}

extension Double {
    /// Within what an Int64 and a time can hold.
    fileprivate var clamped: Double { isNaN ? 0 : Swift.min(self, 1e15) }
}
