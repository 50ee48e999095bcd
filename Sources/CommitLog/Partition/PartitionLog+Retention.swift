public import RecordFormat
import Synchronization

/// Letting go of old records, whole segments at a time, oldest first.
extension PartitionLog {
    /// Moves the log start offset up to `offset` and writes that down; segments below it go with
    /// the next retention pass. An offset below the log start changes nothing; one above the high
    /// watermark is out of range.
    public func deleteRecords(before offset: Offset) throws(LogError) {
        let (moved, callbacks) = try view.withLock {
            (view) throws(LogError) -> (Offset?, [@Sendable () -> Void]) in
            guard offset.rawValue >= 0, offset <= view.logEndOffset else {
                throw .offsetOutOfRange(
                    requested: offset.rawValue, logStart: view.logStartOffset.rawValue,
                    logEnd: view.logEndOffset.rawValue)
            }
            let start = view.logStartOffset
            guard offset > start else { return (nil, []) }
            return (start, moveLogStart(to: offset, &view))
        }
        for callback in callbacks { callback() }
        guard let moved else { return }
        try hooks.persistLogStart()
        hooks.onEvent(.movedLogStart(of: topicPartition, from: moved, to: offset))
    }

    /// Applies `retention.ms`, `retention.bytes` and the log start offset, the first two where
    /// `cleanup.policy` has `delete`; returns how many segments went. The active segment is first
    /// rolled where all its records are too old.
    @discardableResult
    func enforceRetention(nowMs: Int64) throws(LogError) -> Int {
        try withMaintenance { (events) throws(LogError) in
            guard config.cleanupPolicy.contains(.delete) else {
                return try deleteBelowLogStart(&events)
            }
            return try deleteExpired(nowMs: nowMs, &events)
        }
    }

    private func deleteExpired(
        nowMs: Int64, _ events: inout [LogEvent]
    ) throws(LogError) -> Int {
        try rollExpiredActiveSegment(nowMs: nowMs)
        let segments = view.withLock { Array($0.segments) }
        let sealed = segments.dropLast()
        let limit = config.retentionMs
        var reasons: [DeletionReason] = []
        while reasons.count < sealed.count {
            let segment = sealed[reasons.count]
            guard try isExpired(segment, nowMs) else { break }
            let age = nowMs - (try segment.largestTimestamp().timestamp)
            reasons.append(.retentionMs(limit: limit, age: age))
        }
        if limit >= 0, reasons.count < sealed.count {
            let (kept, next) = (segments[reasons.count], segments[reasons.count + 1])
            if let event = try eventIfAhead(kept, before: next, nowMs: nowMs) {
                events.append(event)
            }
        }
        var deleted = try deleteOldest(reasons, &events)
        deleted += try deleteExcess(&events)
        deleted += try deleteBelowLogStart(&events)
        return deleted
    }

    /// Applies `retention.bytes` alone: what must happen after every roll.
    @discardableResult
    func enforceSizeRetention() throws(LogError) -> Int {
        guard config.cleanupPolicy.contains(.delete) else { return 0 }
        return try withMaintenance { (events) throws(LogError) in try deleteExcess(&events) }
    }

    private func deleteExcess(_ events: inout [LogEvent]) throws(LogError) -> Int {
        let limit = config.retentionBytes
        guard limit >= 0 else { return 0 }
        let (sealed, activeByteCount) = view.withLock {
            (Array($0.segments.dropLast()), $0.activeByteCount)
        }
        let sizes = sealed.map { Int64($0.byteCount) }
        var total = sizes.reduce(Int64(activeByteCount), +)
        var reasons: [DeletionReason] = []
        for size in sizes {
            guard total - limit >= size else { break }
            reasons.append(.retentionBytes(limit: limit, total: total))
            total -= size
        }
        return try deleteOldest(reasons, &events)
    }

    private func isExpired(_ segment: LogSegment, _ nowMs: Int64) throws(LogError) -> Bool {
        guard config.retentionMs >= 0 else { return false }
        return nowMs - (try segment.largestTimestamp().timestamp) > config.retentionMs
    }

    /// Differences between clocks below this are not reported.
    private static let toleratedLeadMs: Int64 = 60_000

    /// The event for a segment that would have expired if one of its timestamps had not been ahead
    /// of its time; nil for any other, and the second time. The segment's last record was written
    /// before `next` was made.
    private func eventIfAhead(
        _ segment: LogSegment, before next: LogSegment, nowMs: Int64
    ) throws(LogError) -> LogEvent? {
        // The time is not known of a segment that compaction wrote.
        guard next.createdMs > 0, nowMs - next.createdMs > config.retentionMs else { return nil }
        let largest = try segment.largestTimestamp().timestamp
        guard largest - next.createdMs > Self.toleratedLeadMs else { return nil }
        let isFirst = segment.state.withLock { state in
            defer { state.isLeadNoted = true }
            return !state.isLeadNoted
        }
        guard isFirst else { return nil }
        let end = largest.addingReportingOverflow(config.retentionMs)
        return .outlivesRetention(
            SegmentExtent(
                baseOffset: segment.baseOffset, nextOffset: next.baseOffset,
                byteCount: segment.byteCount),
            of: topicPartition, largestTimestamp: largest,
            forMs: end.overflow ? .max : end.partialValue - nowMs)
    }

    private func rollExpiredActiveSegment(nowMs: Int64) throws(LogError) {
        guard config.retentionMs >= 0 else { return }
        try appender.withLock { (state) throws(LogError) in
            guard !state.isClosed, state.position > 0 else { return }
            if try isExpired(state.active, nowMs) { try roll(&state, nowMs: nowMs) }
        }
    }

    private func deleteBelowLogStart(_ events: inout [LogEvent]) throws(LogError) -> Int {
        let (count, start) = view.withLock { view in
            let next = view.segments.dropFirst()
            return (next.prefix { $0.baseOffset <= view.logStartOffset }.count, view.logStartOffset)
        }
        return try deleteOldest(Array(repeating: .belowLogStart(start), count: count), &events)
    }

    /// Takes the oldest segments out of the readers' view, one for each reason, then renames their
    /// files and leaves them to the directory to remove. Called under `maintenance`, so the oldest
    /// are still the same.
    private func deleteOldest(
        _ reasons: [DeletionReason], _ events: inout [LogEvent]
    ) throws(LogError) -> Int {
        guard !reasons.isEmpty else { return 0 }
        let (deleted, extents, callbacks) = view.withLock { view in
            let extents = view.extents(of: 0..<reasons.count)
            let deleted = Array(view.segments.prefix(reasons.count))
            view.segments.removeFirst(reasons.count)
            let start = max(view.logStartOffset, view.segments[0].baseOffset)
            return (deleted, extents, moveLogStart(to: start, &view))
        }
        for callback in callbacks { callback() }
        for (extent, reason) in zip(extents, reasons) {
            events.append(.deleted(extent, of: topicPartition, reason))
        }
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

    /// An open transaction does not hold the log start back, as in Kafka: the last stable offset is
    /// pushed along. Returns whom to tell.
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

extension PartitionLog.View {
    /// What segments are of the log; the active one is not among them.
    func extents(of range: Range<Int>) -> [SegmentExtent] {
        range.map { index in
            SegmentExtent(
                baseOffset: segments[index].baseOffset,
                nextOffset: segments[index + 1].baseOffset, byteCount: segments[index].byteCount)
        }
    }
}
