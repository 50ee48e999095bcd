import CommitLog
import NIOCore
import Synchronization

/// How much of a quota those who share it have used. Thread contract: any thread.
final class QuotaUse: Sendable {
    private struct State {
        var limit: Double
        var rate: SampledRate
        var bucket: TokenBucket
        var lastUsedMs: Int64
    }

    private let state: Locked<State>
    /// Whoever still has it must look for the one in its place.
    private let forgotten = Atomic<Bool>(false)

    init(limit: Double, windows: QuotaWindows, nowMs: Int64) {
        state = Locked(
            State(
                limit: limit, rate: SampledRate(windows), bucket: TokenBucket(windows),
                lastUsedMs: nowMs))
    }

    /// The quota was altered, or somebody begins to use it.
    func set(limit: Double, nowMs: Int64) {
        state.withLock { state in
            state.limit = limit
            state.lastUsedMs = nowMs
        }
    }

    /// Records something, and says how many milliseconds to wait for it, mostly 0.
    func charge(_ value: Double, nowMs: Int64) -> Double {
        state.withLock { state in
            state.rate.record(value, nowMs: nowMs)
            state.lastUsedMs = nowMs
            return state.rate.delayMs(limit: state.limit, nowMs: nowMs)
        }
    }

    func record(_ value: Double, nowMs: Int64) {
        state.withLock { $0.rate.record(value, nowMs: nowMs) }
    }

    /// As `charge`, but what has to be waited for is not recorded, and so not done; unless nothing else counts, or
    /// what is larger than a whole quota would never be done.
    func chargeIfFree(_ value: Double, nowMs: Int64) -> (delayMs: Double, isDone: Bool) {
        state.withLock { state in
            let isAlone = state.rate.sum(nowMs: nowMs) < 1
            state.rate.record(value, nowMs: nowMs)
            state.lastUsedMs = nowMs
            let delay = state.rate.delayMs(limit: state.limit, nowMs: nowMs)
            guard delay > 0, !isAlone else { return (delay, true) }
            state.rate.record(-value, nowMs: nowMs)
            // After all windows nothing else counts, and then it is done.
            return (min(delay, Double(state.rate.windows.spanMs)), false)
        }
    }

    /// The largest value that a client whose last seconds were empty need not wait for.
    func largestValue(windows: QuotaWindows) -> Double {
        state.withLock { $0.limit * windows.leastSeconds }
    }

    /// Takes tokens; where some are missing already, none if `isStrict`. Returns how many milliseconds to wait, and
    /// whether they were taken.
    func take(_ count: Double, isStrict: Bool, nowMs: Int64) -> (delayMs: Double, isDone: Bool) {
        state.withLock { state in
            state.lastUsedMs = nowMs
            let before = state.bucket.delayMs(rate: state.limit, nowMs: nowMs)
            if isStrict {
                guard before <= 0 else { return (before, false) }
                state.bucket.take(count, rate: state.limit, nowMs: nowMs)
                return (0, true)
            }
            state.bucket.take(count, rate: state.limit, nowMs: nowMs)
            return (state.bucket.delayMs(rate: state.limit, nowMs: nowMs), true)
        }
    }

    /// When it was used last, for how long what is recorded counts, and whether anybody has to wait for it.
    func look(nowMs: Int64) -> (usedMs: Int64, spanMs: Int64, hasToWait: Bool) {
        state.withLock { state in
            let hasToWait =
                state.rate.delayMs(limit: state.limit, nowMs: nowMs) > 0
                || state.bucket.delayMs(rate: state.limit, nowMs: nowMs) > 0
            return (state.lastUsedMs, state.rate.windows.spanMs, hasToWait)
        }
    }

    /// All that counts now.
    func recorded(nowMs: Int64) -> Double { state.withLock { $0.rate.sum(nowMs: nowMs) } }

    func forget() { forgotten.store(true, ordering: .relaxed) }

    var isForgotten: Bool { forgotten.load(ordering: .relaxed) }
}

/// The quotas of one client; nil where it has none of the kind.
struct QuotaUses: Sendable {
    var producer: QuotaUse?
    var consumer: QuotaUse?
    var request: QuotaUse?
    var mutation: QuotaUse?

    var isEmpty: Bool {
        producer == nil && consumer == nil && request == nil && mutation == nil
    }

    /// Whether another one stands, or will stand, in the place of any of them.
    var areForgotten: Bool {
        producer?.isForgotten == true || consumer?.isForgotten == true
            || request?.isForgotten == true || mutation?.isForgotten == true
    }
}

/// Milliseconds of the clock that quotas are measured by.
enum QuotaClock {
    static var nowMs: Int64 { Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000) }
}
