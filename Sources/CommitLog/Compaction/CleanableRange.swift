import RecordFormat

/// What of a compacted log could be cleaned now.
struct CleanableRange: Sendable, Equatable {
    /// Up to here the log was cleaned before.
    var firstDirtyOffset: Offset
    /// From here on nothing may be touched yet.
    var firstUncleanableOffset: Offset
    var cleanByteCount = 0
    var dirtyByteCount = 0
    /// Whether `max.compaction.lag.ms` is over for a dirty record.
    var isOverdue = false

    /// The dirty share of what would be rewritten.
    var dirtyRatio: Double {
        let all = cleanByteCount + dirtyByteCount
        return all == 0 ? 0 : Double(dirtyByteCount) / Double(all)
    }

    func isWorthCleaning(_ config: CompactionConfig) -> Bool {
        dirtyByteCount > 0 && (isOverdue || dirtyRatio > config.minCleanableDirtyRatio)
    }
}

extension PartitionLog {
    /// Above the last stable offset no data is decided, so compaction stops there.
    var cleanableEnd: Offset { lastStableOffset }

    /// What could be cleaned, where the log was cleaned up to `cleanedThrough` before. Only what is
    /// durable counts: a record must not be removed because of one that a power failure could take.
    func cleanableRange(
        cleanedThrough: Offset?, nowMs: Int64
    ) throws(LogError) -> CleanableRange {
        let end = cleanableEnd
        let (segments, logStart, logEnd) = view.withLock {
            ($0.segments, $0.logStartOffset, $0.logEndOffset)
        }
        var firstDirty = cleanedThrough ?? logStart
        if firstDirty < logStart || firstDirty > logEnd { firstDirty = logStart }
        let active = segments[segments.count - 1].baseOffset
        var firstUncleanable = min(min(end, active), flushedOffset)
        let lagMs = config.compaction.minCompactionLagMs
        if lagMs > 0 {
            for (segment, next) in zip(segments, segments.dropFirst())
            where next.baseOffset > firstDirty && segment.baseOffset < firstUncleanable {
                if nowMs - (try segment.largestTimestamp().timestamp) < lagMs {
                    firstUncleanable = segment.baseOffset
                    break
                }
            }
        }
        firstUncleanable = max(firstUncleanable, firstDirty)
        let isAnythingDirty = firstUncleanable > firstDirty
        var range = CleanableRange(
            firstDirtyOffset: firstDirty, firstUncleanableOffset: firstUncleanable)
        for (segment, next) in zip(segments, segments.dropFirst()) {
            if next.baseOffset <= firstDirty {
                range.cleanByteCount += segment.byteCount
            } else if isAnythingDirty, segment.baseOffset < firstUncleanable {
                if range.dirtyByteCount == 0 {
                    range.isOverdue = try isOverdue(segment, nowMs)
                }
                range.dirtyByteCount += segment.byteCount
            }
        }
        return range
    }

    /// Whether the oldest dirty segment's first batch is older than `max.compaction.lag.ms`.
    private func isOverdue(_ segment: LogSegment, _ nowMs: Int64) throws(LogError) -> Bool {
        let lagMs = config.compaction.maxCompactionLagMs
        guard lagMs != .max else { return false }
        let file = try segment.file()
        guard
            let first = try segment.scan(
                file, from: 0, to: segment.byteCount, where: { _ in true })
        else { return false }
        let timestamp = try LogSegment.credible(first.header, at: first.position, in: file)
            .maxTimestamp
        return timestamp >= 0 && nowMs - timestamp > lagMs
    }
}
