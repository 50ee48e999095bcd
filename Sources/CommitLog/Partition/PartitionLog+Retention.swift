public import RecordFormat
import Synchronization

/// Letting go of old records, whole segments at a time, oldest first.
extension PartitionLog {
    /// Moves the log start offset up to `offset` and writes that down; segments below it go with the
    /// next retention pass. An offset below the log start changes nothing; one above the high watermark
    /// is out of range.
    public func deleteRecords(before offset: Offset) throws(LogError) {
        let (moved, callbacks) = try view.withLock { (view) throws(LogError) in
            guard offset.rawValue >= 0, offset <= view.logEndOffset else {
                throw .offsetOutOfRange(
                    requested: offset.rawValue, logStart: view.logStartOffset.rawValue,
                    logEnd: view.logEndOffset.rawValue)
            }
            guard offset > view.logStartOffset else { return (false, [@Sendable () -> Void]()) }
            return (true, moveLogStart(to: offset, &view))
        }
        for callback in callbacks { callback() }
        if moved { try hooks.persistLogStart() }
    }

    /// Applies `retention.ms`, `retention.bytes` and the log start offset, the first two where
    /// `cleanup.policy` has `delete`; returns how many segments went. The active segment is first rolled
    /// where all its records are too old.
    @discardableResult
    func enforceRetention(nowMs: Int64) throws(LogError) -> Int {
        try maintenance.withLock { (_) throws(LogError) in
            guard config.cleanupPolicy.contains(.delete) else {
                return try deleteOldest(segmentsBelowLogStart())
            }
            return try deleteExpired(nowMs: nowMs)
        }
    }

    private func deleteExpired(nowMs: Int64) throws(LogError) -> Int {
        try rollExpiredActiveSegment(nowMs: nowMs)
        let sealed = view.withLock { Array($0.segments.dropLast()) }
        var count = 0
        while count < sealed.count, try isExpired(sealed[count], nowMs) { count += 1 }
        var deleted = try deleteOldest(count)
        deleted += try deleteExcess()
        deleted += try deleteOldest(segmentsBelowLogStart())
        return deleted
    }

    /// Applies `retention.bytes` alone: what must happen after every roll.
    @discardableResult
    func enforceSizeRetention() throws(LogError) -> Int {
        guard config.cleanupPolicy.contains(.delete) else { return 0 }
        return try maintenance.withLock { (_) throws(LogError) in try deleteExcess() }
    }

    private func deleteExcess() throws(LogError) -> Int {
        guard config.retentionBytes >= 0 else { return 0 }
        let (sealed, activeByteCount) = view.withLock {
            (Array($0.segments.dropLast()), $0.activeByteCount)
        }
        let sizes = sealed.map { Int64($0.byteCount) }
        var excess = sizes.reduce(Int64(activeByteCount), +) - config.retentionBytes
        var count = 0
        while count < sizes.count, excess >= sizes[count] {
            excess -= sizes[count]
            count += 1
        }
        return try deleteOldest(count)
    }

    private func isExpired(_ segment: LogSegment, _ nowMs: Int64) throws(LogError) -> Bool {
        guard config.retentionMs >= 0 else { return false }
        return nowMs - (try segment.largestTimestamp().timestamp) > config.retentionMs
    }

    private func rollExpiredActiveSegment(nowMs: Int64) throws(LogError) {
        guard config.retentionMs >= 0 else { return }
        try appender.withLock { (state) throws(LogError) in
            guard !state.isClosed, state.position > 0 else { return }
            if try isExpired(state.active, nowMs) { try roll(&state, nowMs: nowMs) }
        }
    }

    private func segmentsBelowLogStart() -> Int {
        view.withLock { view in
            let next = view.segments.dropFirst()
            return next.prefix { $0.baseOffset <= view.logStartOffset }.count
        }
    }

    /// Takes the oldest segments out of sight, then renames their files and leaves them to the
    /// directory to remove. Called under `maintenance`, so the oldest are still the same.
    private func deleteOldest(_ count: Int) throws(LogError) -> Int {
        guard count > 0 else { return 0 }
        let (deleted, callbacks) = view.withLock { view in
            let deleted = Array(view.segments.prefix(count))
            view.segments.removeFirst(count)
            let start = max(view.logStartOffset, view.segments[0].baseOffset)
            return (deleted, moveLogStart(to: start, &view))
        }
        for callback in callbacks { callback() }
        var failure: LogError?
        for segment in deleted {
            do throws(LogError) {
                try segment.markDeleted()
            } catch {
                failure = failure ?? error
            }
        }
        // Those that could not be renamed are removed under their names.
        hooks.didDelete(deleted, config.fileDeleteDelayMs)
        if let failure { throw failure }
        return deleted.count
    }

    /// An open transaction does not hold the log start back, as in Kafka: the last stable offset is pushed
    /// along. Returns whom to tell.
    private func moveLogStart(to offset: Offset, _ view: inout View) -> [@Sendable () -> Void] {
        view.logStartOffset = offset
        publishedStart.store(offset.rawValue, ordering: .releasing)
        publishedStable.store(view.lastStableOffset.rawValue, ordering: .releasing)
        return view.waiters.isEmpty ? [] : view.takeReadyWaiters()
    }

    /// Forgets the producers that have been silent for so long.
    func expireProducers(nowMs: Int64, expirationMs: Int64) {
        appender.withLock { $0.producers.expire(nowMs: nowMs, expirationMs: expirationMs) }
    }
}
