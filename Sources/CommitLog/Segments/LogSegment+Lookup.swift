import RecordFormat

/// Finding batches. An index only says where to start: the header that stands there decides.
extension LogSegment {
    /// A batch and where it stands.
    struct Location {
        var position: Int
        var header: RecordBatchHeader
    }

    /// The first batch whose last offset is at least `offset`, below `end`, a published batch
    /// boundary; nil where there is none. Throws `corrupt` where the log itself is.
    func firstBatch(
        endingAtOrAfter offset: Offset, in file: SegmentFile, below end: Int
    ) throws(LogError) -> Location? {
        let start = try startingPosition(for: offset, in: file, below: end)
        return try scan(file, from: start, to: end) { $0.lastOffset >= offset }
    }

    /// The first batch from `start` on that `isWanted`, nil where there is none below `end`.
    func scan(
        _ file: SegmentFile, from start: Int, to end: Int,
        where isWanted: (RecordBatchHeader) -> Bool
    ) throws(LogError) -> Location? {
        var scanner = SegmentScanner(
            file, from: start, to: end, chunkByteCount: SegmentScanner.lookupChunkByteCount)
        do throws(SegmentScanner.Fault) {
            while let header = try scanner.next() {
                if isWanted(header) {
                    return Location(
                        position: scanner.position - header.sizeInBytes, header: header)
                }
            }
            return nil
        } catch {
            throw error.logError(logPath, scanner.position)
        }
    }

    /// A batch boundary at or before the batch with `offset`: the index's, verified, or 0.
    func startingPosition(
        for offset: Offset, in file: SegmentFile, below end: Int
    ) throws(LogError) -> Int {
        try verifiedBatch(in: file, below: end) { (state) throws(LogError) in
            try state.offsetIndex.lastEntry {
                baseOffset.advanced(by: Int64($0.relativeOffset)) <= offset
            }
        }?.position ?? 0
    }

    /// The last indexed batch that starts at or before `position` and after `start`; nil where the
    /// index has none. `run` keeps the stretch of a sealed segment's index that a reader is at.
    func lastIndexedBatch(
        after start: Int, atOrBefore position: Int, in file: SegmentFile, below end: Int,
        _ run: inout IndexRun
    ) throws(LogError) -> Location? {
        var isRetry = false
        let batch = try verifiedBatch(in: file, below: end) { (state) throws(LogError) in
            let index = state.offsetIndex
            // The index was rebuilt: the stretch of the old one is of no use.
            if isRetry { run = IndexRun() }
            isRetry = true
            if index.isResident { return try index.lastEntry { Int($0.position) <= position } }
            if !run.covers(from: start, to: position) {
                let (entries, isLast) = try index.run(
                    fromLast: { Int($0.position) <= start }, maximumCount: IndexRun.maximumCount)
                run = IndexRun(entries: entries, isLast: isLast)
            }
            return run.lastEntry(atOrBefore: position)
        }
        guard let batch, batch.position > start else { return nil }
        return batch
    }

    /// Where the batches from a batch boundary on that are sound, as far as their headers tell, end: at most
    /// `maxBytes` of them, but one at least; nil where the first one is damaged.
    func soundEnd(
        from position: Int, maxBytes: Int, in file: SegmentFile, below end: Int
    ) -> (position: Int, nextOffset: Offset)? {
        guard let fileByteCount = try? file.file.byteCount() else { return nil }
        var scanner = SegmentScanner(
            file, from: position, to: min(end, fileByteCount),
            chunkByteCount: SegmentScanner.lookupChunkByteCount)
        var found: (position: Int, nextOffset: Offset)?
        while let header = try? scanner.next() {
            guard found == nil || scanner.position - position <= maxBytes else { break }
            found = (scanner.position, header.nextOffset)
        }
        return found
    }

    /// The batch that an index entry names, once it has been seen where the entry says. An index that
    /// says otherwise, or cannot be read, is rebuilt and asked again.
    private func verifiedBatch(
        in file: SegmentFile, below end: Int,
        _ look: (inout State) throws(LogError) -> OffsetIndexEntry?
    ) throws(LogError) -> Location? {
        do throws(LogError) {
            let entry = try state.withLock { (state) throws(LogError) in try look(&state) }
            guard let entry else { return nil }
            if let batch = batch(of: entry, in: file, below: end) { return batch }
        } catch {
            // The rebuilt index answers, or rebuilding says what is wrong.
        }
        let entry = try state.withLock { (state) throws(LogError) -> OffsetIndexEntry? in
            if !state.isSealed { return nil }
            try rebuildIndexes(&state)
            return try look(&state)
        }
        return entry.flatMap { batch(of: $0, in: file, below: end) }
    }

    func batch(
        of entry: OffsetIndexEntry, in file: SegmentFile, below end: Int
    ) -> Location? {
        guard entry.relativeOffset >= 0, entry.position >= 0,
            let location = header(at: Int(entry.position), in: file, below: end),
            location.header.lastOffset - baseOffset == Int64(entry.relativeOffset)
        else { return nil }
        return location
    }

    private func header(at position: Int, in file: SegmentFile, below end: Int) -> Location? {
        guard position < end else { return nil }
        var scanner = SegmentScanner(
            file, from: position, to: end, chunkByteCount: RecordBatchHeader.byteCount)
        guard let header = try? scanner.next() else { return nil }
        return Location(position: position, header: header)
    }

    /// Makes both indexes anew from the headers of the log and writes them out. Only for a segment
    /// that is sealed: its end is fixed.
    func rebuildIndexes(_ state: inout State) throws(LogError) {
        let file = try file(&state)
        let end = state.byteCount
        let nextOffset = state.nextOffset
        state.clearIndexes()
        var scanner = SegmentScanner(
            file, from: 0, to: end, chunkByteCount: SegmentScanner.recoveryChunkByteCount)
        // Whatever interval the indexes had before, any is right for look-ups.
        let interval = LogConfig().indexIntervalBytes
        do throws(SegmentScanner.Fault) {
            while let header = try scanner.next() {
                guard
                    (0...Int64(Int32.max)).contains(header.lastOffset - baseOffset)
                else {
                    throw .format(
                        .invalidOffsets(
                            baseOffset: header.baseOffset.rawValue,
                            lastOffsetDelta: header.lastOffsetDelta))
                }
                let position = scanner.position - header.sizeInBytes
                state.account(
                    for: try Self.crediblyRead(header, at: position, file), at: position,
                    baseOffset, interval)
            }
        } catch {
            state.byteCount = end
            state.nextOffset = nextOffset
            throw error.logError(logPath, scanner.position)
        }
        state.nextOffset = nextOffset
        state.addTimeEntry()
        guard !state.isDeleted, !state.isDetached else { return }
        // Where the disk is full the indexes stay in memory, which is as good until the next start.
        do throws(LogError) {
            try state.persistIndexes()
            state.offsetIndex.release()
            state.timeIndex.release()
        } catch {}
    }
}

extension LogSegment.State {
    /// Clears the two sparse indexes. That of the transactions is not made from the headers of one segment.
    mutating func clearIndexes() {
        offsetIndex.removeAll()
        timeIndex.removeAll()
        bytesSinceLastIndexEntry = 0
        largestTimestamp = nil
        firstTimestamp = nil
    }

    mutating func persistIndexes() throws(LogError) {
        try offsetIndex.persist()
        try timeIndex.persist()
        try transactionIndex.persist()
    }
}
