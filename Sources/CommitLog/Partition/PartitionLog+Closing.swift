import RecordFormat
import Synchronization

extension PartitionLog {
    /// Ends appends and waits; then makes everything durable and writes what lets the next start
    /// skip the scan. Readers go on. Returns the recovery point.
    func close() throws(LogError) -> Offset {
        let (producers, end) = endAppends()
        try flush(below: end)
        let recoveryPoint = try persistRecoveryState(from: .zero)
        // A log that never had a record has no producers.
        if end > .zero, try fileStatus(ProducerStateLoader.path(end, in: path)) == nil {
            try ProducerStateLoader.write(producers, at: end, in: path)
        }
        // Whoever reads on opens the file anew.
        let active = appender.withLock { state in
            // Where this fails, the next start cuts it off.
            try? state.cutOffTail()
            state.file = nil
            return state.active
        }
        active.state.withLock { $0.file = nil }
        return recoveryPoint
    }

    /// Ends appends and waits, for a partition that is given up. Nothing of it stays mapped for
    /// later.
    @discardableResult
    func endAppends() -> (ProducerStateTable, Offset) {
        let state = appender.withLock { state in
            state.isClosed = true
            return (state.producers, state.nextOffset)
        }
        let (callbacks, segments) = view.withLock { view in
            view.isClosed = true
            return (view.takeWaiters(), view.segments)
        }
        for callback in callbacks { callback() }
        for segment in segments { segment.retireFile() }
        return state
    }

    /// What a roll leaves to the background: the producers as of the roll, the sealed segments'
    /// indexes and bytes.
    func completeRoll(
        _ producers: ProducerStateTable, at offset: Offset, leavingUnflushed byteCount: Int64
    ) throws(LogError) {
        let isPresent = view.withLock { view in
            view.segments.contains { $0.baseOffset == offset }
        }
        if isPresent { try ProducerStateLoader.write(producers, at: offset, in: path) }
        // Not for durability: a sealed segment's index need not stay in memory.
        for segment in view.withLock({ $0.segments.dropLast() }) { try segment.persistIndexes() }
        try flushSealedSegments(leaving: byteCount)
    }
}
