import Glibc

/// Lets many threads that wait for durability share one flush.
///
/// The first to come leads: it takes the end of the log as it is then, flushes up to there without
/// any lock held, and wakes every thread whose end that covers. Threads that come during a flush
/// wait for the next one, which one of them leads. So any number of waiters cost one flush per
/// generation, and each waits for two at most.
///
/// After a failed flush nobody knows what the disk holds (the kernel may have dropped the dirty
/// pages and report success next time), so the failure is final: every later call throws it. Thread
/// contract: every call from any thread; `perform` runs on one thread at a time.
final class GroupCommit: Sendable {
    private struct State: ~Copyable {
        var generation = 0
        /// The end of what the flush under way will cover; nil while there is none.
        var goal: Int64?
        var flushedEnd: Int64
        var failure: LogError?
    }

    private let lock = ConditionLock(conditionCount: 2)
    private let state: LockedBox<State>

    init(flushedEnd: Int64) {
        state = LockedBox(State(flushedEnd: flushedEnd))
    }

    var failure: LogError? {
        lock.lock()
        defer { lock.unlock() }
        return state.value.failure
    }

    /// Returns once everything below `end` is durable. `goal` is asked for the end of the log when
    /// this call leads, and `perform` then flushes up to it.
    func flush(
        below end: Int64, goal: () -> Int64, perform: (Int64) throws(LogError) -> Void
    ) throws(LogError) {
        lock.lock()
        defer { lock.unlock() }
        while state.value.flushedEnd < end {
            if let failure = state.value.failure { throw failure }
            if let goal = state.value.goal {
                // The waiters of this flush and of the next one sleep in queues of their own.
                let generation = state.value.generation + (end <= goal ? 0 : 1)
                lock.wait(on: generation & 1)
            } else {
                try lead(goal, perform)
            }
        }
    }

    private func lead(
        _ goal: () -> Int64, _ perform: (Int64) throws(LogError) -> Void
    ) throws(LogError) {
        // This flush also covers threads that come while this one gathers.
        state.value.goal = .max
        state.value.generation += 1
        let generation = state.value.generation
        lock.unlock()
        gather(goal)
        lock.lock()
        let end = goal()
        state.value.goal = end
        lock.unlock()
        var failure: LogError?
        do throws(LogError) {
            try perform(end)
        } catch {
            failure = error
        }
        lock.lock()
        state.value.goal = nil
        lock.broadcast(generation & 1)
        if let failure {
            state.value.failure = failure
            lock.broadcast((generation + 1) & 1)
            throw failure
        }
        state.value.flushedEnd = max(state.value.flushedEnd, end)
        lock.signal((generation + 1) & 1)
    }

    /// Waits until the threads that the last flush has just woken have appended once more.
    /// Otherwise they would take turns in two groups and need twice as many flushes. The wait ends
    /// as soon as the log does not grow; a lone thread loses a microsecond.
    private func gather(_ goal: () -> Int64) {
        var end = goal()
        for _ in 0..<Self.gatheringLimit {
            sched_yield()
            let grown = goal()
            if grown == end { return }
            end = grown
        }
    }

    /// As many rounds as there may be waiting threads to run.
    private static let gatheringLimit = 256
}
