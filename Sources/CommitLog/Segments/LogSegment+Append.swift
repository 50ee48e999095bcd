import RecordFormat

/// The bookkeeping of appends and of rolling, under the partition's append lock.
extension LogSegment {
    /// Accounts for the batch that was just written at `position`, the end of the segment.
    func didAppend(_ header: RecordBatchHeader, at position: Int, config: LiveLogConfig) {
        let interval = config.indexIntervalBytes
        state.withLock { $0.account(for: header, at: position, baseOffset, interval) }
    }

    /// Lists a transaction whose abort marker was just appended.
    func didAbort(_ entry: TransactionIndexEntry) {
        state.withLock { $0.transactionIndex.append(entry) }
    }

    /// Whether a batch must go to a new segment instead of this one: the rules of Kafka's
    /// `LogSegment.shouldRoll`. Offsets are relative to the segment's base and have 32 bits.
    func mustRoll(
        before header: RecordBatchHeader, lastOffset: Offset, nowMs: Int64, config: LiveLogConfig,
        jitterMs: Int64
    ) -> Bool {
        state.withLock { state in
            if state.byteCount == 0 { return lastOffset - baseOffset > Int64(Int32.max) }
            let waitedMs: Int64
            if let first = state.firstTimestamp, first >= 0, header.maxTimestamp >= 0 {
                waitedMs = header.maxTimestamp - first
            } else {
                waitedMs = nowMs - createdMs
            }
            let indexCapacity = config.segmentIndexBytes / Int64(OffsetIndexEntry.byteCount)
            // One entry of the time index is kept for the one that sealing adds.
            let timeCapacity = config.segmentIndexBytes / Int64(TimeIndexEntry.byteCount) - 1
            return Int64(state.byteCount + header.sizeInBytes) > config.segmentBytes
                || waitedMs > config.maxSegmentMs - jitterMs
                || state.offsetIndex.entries.count >= indexCapacity
                || state.timeIndex.entries.count >= max(timeCapacity, 1)
                || lastOffset - baseOffset > Int64(Int32.max)
        }
    }

    /// Ends the segment: no batch is appended any more, and the time index gets its last entry.
    func seal() {
        state.withLock { state in
            state.isSealed = true
            state.addTimeEntry()
            // A flush has nothing to do, and readers hold the file open themselves.
            if state.flushedByteCount == state.byteCount, state.isEntryDurable { state.file = nil }
        }
    }
}

extension LogSegment.State {
    /// Kafka's rule: an index entry for the first batch that starts more than
    /// `index.interval.bytes` after the last one that got an entry.
    mutating func account(
        for header: RecordBatchHeader, at batchPosition: Int, _ baseOffset: Offset,
        _ indexIntervalBytes: Int64
    ) {
        let relativeOffset = Int32(header.lastOffset - baseOffset)
        if header.maxTimestamp > largestTimestamp?.timestamp ?? -1 {
            largestTimestamp = TimeIndexEntry(
                timestamp: header.maxTimestamp, relativeOffset: relativeOffset)
        }
        if firstTimestamp == nil { firstTimestamp = header.maxTimestamp }
        if Int64(bytesSinceLastIndexEntry) > indexIntervalBytes {
            offsetIndex.append(
                OffsetIndexEntry(relativeOffset: relativeOffset, position: Int32(batchPosition)))
            addTimeEntry()
            bytesSinceLastIndexEntry = 0
        }
        bytesSinceLastIndexEntry += header.sizeInBytes
        byteCount = batchPosition + header.sizeInBytes
        nextOffset = header.nextOffset
    }

    /// Adds the largest timestamp so far unless the index has it already.
    mutating func addTimeEntry() {
        guard let largestTimestamp, timeIndex.isResident else { return }
        if let last = timeIndex.last, !largestTimestamp.mayFollow(last) { return }
        timeIndex.append(largestTimestamp)
    }
}
