import CommitLog
import KafkaProtocol
import RecordFormat

/// One partition as a share group reads it: the state machine behind a lock, with its records in
/// `__share_group_state`, its timer and those who wait for it.
///
/// A change is appended before it counts, while the lock is held, so that the records are in the
/// order of the changes. An append only reaches the page cache; where the flush policy promises
/// more, the answer waits for the disk and the lock does not.
///
/// Thread contract: any thread.
final class SharePartition: Sendable {
    let key: SharePartitionKey
    let log: PartitionLog
    let surroundings: ShareSurroundings
    let inner: Locked<Inner>

    struct Inner {
        var state: SharePartitionState
        var snapshotEpoch: Int32
        var createdMs: Int64
        /// Since the last snapshot.
        var updateCount = 0
        var snapshotOffset = Offset(-1)
        /// When the last snapshot was written, in milliseconds since 1970.
        var snapshotMs: Int64
        var waiters: [UInt64: @Sendable () -> Void] = [:]
        var nextWaiter: UInt64 = 0
        /// Counts how often something became available.
        var version: UInt64 = 0
        /// When the timer fires next.
        var timerMs: Int64?
        /// The group or the topic was deleted.
        var isOver = false

        /// Whether a fetch that found nothing may find something now.
        mutating func note(from old: SharePartitionState, _ limits: ShareLimits) -> Bool {
            let had = old.inFlightCount < limits.maxRecordLocks
            let has = state.inFlightCount < limits.maxRecordLocks
            guard state.availableCount > old.availableCount || has && !had || isOver else {
                return false
            }
            version += 1
            return true
        }

        mutating func takeWaiters() -> [@Sendable () -> Void] {
            defer { waiters.removeAll() }
            return Array(waiters.values)
        }
    }

    /// A share partition as it was read, or a new one, of which nothing is written down yet.
    init(
        _ key: SharePartitionKey, log: PartitionLog, stored: StoredShareState?,
        state: SharePartitionState, _ surroundings: ShareSurroundings
    ) {
        self.key = key
        self.log = log
        self.surroundings = surroundings
        let now = surroundings.wallMs()
        var inner = Inner(
            state: state, snapshotEpoch: stored?.snapshotEpoch ?? -1,
            createdMs: stored?.createdMs ?? now, snapshotMs: stored?.snapshotMs ?? now)
        inner.updateCount = stored?.updateCount ?? 0
        inner.snapshotOffset = stored?.snapshotOffset ?? Offset(-1)
        self.inner = Locked(inner)
    }

    // Fetching.

    /// Where to read on, and how things stood then.
    func nextFetch(_ limits: ShareLimits) -> (offset: Int64?, version: UInt64) {
        let logStart = log.logStartOffset.rawValue
        return inner.withLock { inner in
            guard !inner.isOver else { return (nil, inner.version) }
            inner.state.moveStart(to: logStart)
            return (inner.state.nextFetch(limits)?.offset, inner.version)
        }
    }

    func acquire(
        _ request: AcquireRequest, in batches: [ShareBatch], from offset: Int64,
        _ limits: ShareLimits
    ) -> Acquisition {
        let now = surroundings.nowMs()
        let (got, waiters) = inner.withLock { inner -> (Acquisition, [@Sendable () -> Void]) in
            guard !inner.isOver else { return (Acquisition(), []) }
            let old = inner.state
            let got = inner.state.acquire(
                request, in: batches, from: offset, limits, nowMs: now)
            if got.count > 0 { arm(now + limits.lockMs, &inner) }
            // What was passed over may have made room.
            return (got, inner.note(from: old, limits) ? inner.takeWaiters() : [])
        }
        for wake in waiters { wake() }
        return got
    }

    func giveBack(_ ranges: [Acquisition.Range], of holder: ShareHolder, _ limits: ShareLimits) {
        let waiters = inner.withLock { inner -> [@Sendable () -> Void] in
            let old = inner.state
            inner.state.giveBack(ranges, of: holder)
            return inner.note(from: old, limits) ? inner.takeWaiters() : []
        }
        for wake in waiters { wake() }
    }

    /// Calls `wake` once, from any thread, when something becomes available; nil, and it forgets
    /// `wake`, where that has happened since `version`.
    func whenAvailable(
        since version: UInt64, _ wake: @escaping @Sendable () -> Void
    ) -> UInt64? {
        inner.withLock { inner in
            guard inner.version == version, !inner.isOver else { return nil }
            inner.nextWaiter += 1
            inner.waiters[inner.nextWaiter] = wake
            return inner.nextWaiter
        }
    }

    func cancel(_ waiter: UInt64) { inner.withLock { $0.waiters[waiter] = nil } }

    // What is told of it.

    /// Where its last snapshot is, and when that was written, in milliseconds since 1970.
    var lastSnapshot: (offset: Offset, writtenMs: Int64)? {
        inner.withLock { $0.isOver ? nil : ($0.snapshotOffset, $0.snapshotMs) }
    }

    /// The start offset, and how many offsets of the log from it on are not done.
    var position: (start: Int64, lag: Int64) {
        let logStart = log.logStartOffset.rawValue
        let (start, done) = inner.withLock { inner in
            inner.state.moveStart(to: logStart)
            return (inner.state.start, Int64(inner.state.doneCount))
        }
        return (start, max(0, log.highWatermark.rawValue - start - done))
    }

    /// For tests.
    var state: SharePartitionState { inner.withLock { $0.state } }

    func arm(_ atMs: Int64, _ inner: inout Inner) {
        if let present = inner.timerMs, present <= atMs { return }
        inner.timerMs = atMs
        surroundings.schedule(atMs) { [weak self] in self?.timerFired(atMs) }
    }
}
