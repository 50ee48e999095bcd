import RecordFormat

/// Finding batches. An index only says where to start: the header that stands there decides.
extension LogSegment {
    /// A batch and where it stands.
    struct Location {
        var position: Int
        var header: RecordBatchHeader
    }

    /// The first batch whose last offset is at least `offset`, below `end`, a published batch
    /// boundary; nil where there is none. Where the log is damaged in front of that batch, the
    /// search goes on behind the damage. It throws `corrupt` unless it finds a sound batch there
    /// that begins at or below the offset.
    func firstBatch(
        endingAtOrAfter offset: Offset, in file: SegmentFile, below end: Int
    ) throws(LogError) -> Location? {
        let start = try startingPosition(for: offset, in: file, below: end)
        do throws(LogError) {
            return try scan(file, from: start, to: end) { $0.lastOffset >= offset }
        } catch {
            guard case .corrupt = error else { throw error }
            let location = try firstSoundBatch(
                endingAtOrAfter: offset, in: file, from: start,
                to: min(end, start + Self.searchedByteCount))
            guard let location, location.header.baseOffset <= offset else { throw error }
            return location
        }
    }

    /// How much a look-up reads behind damage at most. Further on, index entries lead past the
    /// damage.
    private static let searchedByteCount = 16 << 20

    private func firstSoundBatch(
        endingAtOrAfter offset: Offset, in file: SegmentFile, from start: Int, to end: Int
    ) throws(LogError) -> Location? {
        // A look-up begins at the batch of an index entry, or where the segment begins.
        let first = start == 0 ? nil : header(at: start, in: file, below: end)
        var batches = headers(in: file, from: first, to: end)
        while let step = try batches.next() {
            guard case .batch(let header, let position) = step, header.lastOffset >= offset else {
                continue
            }
            return Location(position: position, header: header)
        }
        return nil
    }

    /// A walk over the sound batches: from `first`, which was verified, or from the segment's
    /// beginning where that is nil.
    private func headers(
        in file: SegmentFile, from first: Location?, to end: Int
    ) -> SoundBatches {
        SoundBatches(
            file, from: first?.position ?? 0, to: end,
            nextOffset: first?.header.baseOffset ?? baseOffset,
            bounds: SoundBatchSearch.Bounds(baseOffset: baseOffset), trust: .headers,
            chunkByteCount: SegmentScanner.lookupChunkByteCount)
    }

    /// The first batch that `isWanted` holds for, from `start`, a batch boundary, on; nil where
    /// there is none below `end`. Throws `corrupt` where there is no header, or one whose offsets
    /// do not fit between its neighbours'.
    func scan(
        _ file: SegmentFile, from start: Int, to end: Int,
        where isWanted: (RecordBatchHeader) -> Bool
    ) throws(LogError) -> Location? {
        var scanner = SegmentScanner(
            file, from: start, to: end, chunkByteCount: SegmentScanner.lookupChunkByteCount)
        var nextOffset = baseOffset
        var position = start
        do throws(SegmentScanner.Fault) {
            while let header = try scanner.next() {
                guard scanner.isInOrder(header, after: nextOffset) else {
                    throw .format(.invalidOffsets(of: header))
                }
                if isWanted(header) { return Location(position: position, header: header) }
                nextOffset = header.nextOffset
                position = scanner.position
            }
            return nil
        } catch {
            throw error.logError(logPath, position)
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

    /// Follows the headers from a batch boundary on, and returns where the sound batches end: at
    /// most `maxBytes` of them, but one at least; nil where the first one is damaged.
    func soundEnd(
        from position: Int, maxBytes: Int, in file: SegmentFile, below end: Int
    ) -> (position: Int, nextOffset: Offset)? {
        guard let fileByteCount = try? file.file.byteCount(),
            let first = header(at: position, in: file, below: min(end, fileByteCount))
        else { return nil }
        var batches = headers(in: file, from: first, to: min(end, fileByteCount))
        var found: (position: Int, nextOffset: Offset)?
        while case .batch(let header, let start)? = try? batches.next() {
            let batchEnd = start + header.sizeInBytes
            guard found == nil || batchEnd - position <= maxBytes else { break }
            found = (batchEnd, header.nextOffset)
        }
        return found
    }

    /// The batch that an index entry names, if its header stands where the entry says. An index
    /// that is wrong, or cannot be read, is rebuilt and asked again.
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

    func header(at position: Int, in file: SegmentFile, below end: Int) -> Location? {
        guard position < end else { return nil }
        var scanner = SegmentScanner(
            file, from: position, to: end, chunkByteCount: RecordBatchHeader.byteCount)
        guard let header = try? scanner.next() else { return nil }
        return Location(position: position, header: header)
    }

    /// Makes both indexes anew from the headers of the log, those behind damage included, and
    /// writes them out. Only for a segment that is sealed: its end is fixed.
    func rebuildIndexes(_ state: inout State) throws(LogError) {
        let file = try file(&state)
        let end = state.byteCount
        let nextOffset = state.nextOffset
        let known = state.largestTimestamp ?? (try? state.timeIndex.lastEntry())
        state.clearIndexes()
        defer {
            state.byteCount = end
            state.nextOffset = nextOffset
        }
        var batches = SoundBatches(
            file, from: 0, to: end, nextOffset: baseOffset,
            bounds: SoundBatchSearch.Bounds(baseOffset: baseOffset), trust: .headers)
        // Look-ups work with any interval between the entries, so it need not be the topic's.
        let interval = LogConfig().indexIntervalBytes
        while let step = try batches.next() {
            guard case .batch(let header, let position) = step else { continue }
            state.account(
                for: try Self.credible(header, at: position, in: file), at: position, baseOffset,
                interval)
        }
        state.addTimeEntry()
        // Where no batch is left, look-ups by time and retention use what was known before.
        state.largestTimestamp = state.largestTimestamp ?? known
        guard !state.isDeleted, !state.isDetached else { return }
        // On a full disk the indexes stay in memory. The next start makes them once more.
        do throws(LogError) {
            try state.persistIndexes()
            state.offsetIndex.release()
            state.timeIndex.release()
        } catch {}
    }
}

extension LogSegment.State {
    /// Clears the two sparse indexes. The index of transactions stays: it cannot be made from the
    /// headers of one segment.
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
