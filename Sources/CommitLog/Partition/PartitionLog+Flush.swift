public import RecordFormat
import Synchronization

extension PartitionLog {
    /// Returns once the record at `offset` and everything before it is durable. Blocks.
    ///
    /// Callers that wait together share one `fdatasync`. Throws `flushFailed` after the first
    /// failure, for good: such a partition takes appends but acknowledges none as durable until its
    /// directory is opened again.
    public func flush(through offset: Offset) throws(LogError) {
        guard offset < logEndOffset else {
            throw .offsetOutOfRange(
                requested: offset.rawValue, logStart: logStartOffset.rawValue,
                logEnd: logEndOffset.rawValue)
        }
        try flush(below: offset.advanced(by: 1))
    }

    /// Makes all of the log durable.
    public func flush() throws(LogError) {
        try flush(below: logEndOffset)
    }

    func flush(below end: Offset) throws(LogError) {
        if flushedEnd.load(ordering: .acquiring) >= end.rawValue { return }
        try commits.flush(
            below: end.rawValue,
            goal: {
                unflushedSinceMs.store(.min, ordering: .sequentiallyConsistent)
                return publishedEnd.load(ordering: .sequentiallyConsistent)
            },
            perform: performFlush)
    }

    /// Makes sealed segments durable, the oldest first, and leaves the active one alone.
    ///
    /// - Parameter byteCount: so much of the youngest sealed segments may stay unflushed: retention
    ///   may take them before their flush was worth anything.
    func flushSealedSegments(leaving byteCount: Int64 = 0) throws(LogError) {
        let goal = view.withLock { view in
            var left = byteCount
            var goal = view.segments[view.segments.count - 1].baseOffset
            for segment in view.segments.dropLast().reversed() {
                left -= Int64(segment.byteCount)
                if left < 0 { break }
                goal = segment.baseOffset
            }
            return goal.rawValue
        }
        if flushedEnd.load(ordering: .acquiring) >= goal { return }
        try commits.flush(below: goal, goal: { goal }, perform: performFlush)
    }

    /// Flushes every segment with unflushed bytes below `goal`. Called by one thread at a time.
    private func performFlush(below goal: Int64) throws(LogError) {
        let flushed = Offset(flushedEnd.load(ordering: .acquiring))
        let segments = view.withLock { $0.segments[$0.segmentIndex(for: flushed)...] }
        for segment in segments where segment.baseOffset.rawValue < goal {
            do throws(LogError) {
                let calls = try segment.flush()
                flushCalls.add(UInt64(calls), ordering: .relaxed)
            } catch {
                throw .flushFailed(path: segment.logPath, code: error.systemCode)
            }
        }
        if goal > flushed.rawValue { flushedEnd.store(goal, ordering: .releasing) }
    }

    /// Writes what the next start needs besides the log: the index entries of all segments from the
    /// recovery point on. Returns the offset up to which that start need not scan.
    func persistRecoveryState(from recoveryPoint: Offset) throws(LogError) -> Offset {
        let flushed = flushedOffset
        let segments = view.withLock { $0.segments[$0.segmentIndex(for: recoveryPoint)...] }
        for segment in segments where segment.baseOffset < flushed {
            try segment.persistIndexes()
        }
        return flushed
    }

    /// The settings were altered: what was appended while there was no `flush.ms` waits for one
    /// from now on.
    func didAlterConfig(nowMs: Int64) {
        guard config.flushMs != .max, flushedOffset < logEndOffset else { return }
        _ = unflushedSinceMs.compareExchange(
            expected: .min, desired: nowMs, ordering: .sequentiallyConsistent)
    }

    /// Whether the time of `flush.ms` is over for the oldest unflushed append; else when it will
    /// be, nil where nothing waits.
    func flushDueMs() -> Int64? {
        let since = unflushedSinceMs.load(ordering: .sequentiallyConsistent)
        return since == .min ? nil : since.addingReportingOverflow(config.flushMs).partialValue
    }
}

extension LogError {
    fileprivate var systemCode: Int32 {
        switch self {
        case .system(_, _, let code), .flushFailed(_, let code): code
        case .noSpace: noSpaceCode
        default: 0
        }
    }
}
