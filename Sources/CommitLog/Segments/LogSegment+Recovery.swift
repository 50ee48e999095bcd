import RecordFormat

/// Opening a segment whose end is not known to be sound.
extension LogSegment {
    /// What recovering one segment did.
    struct Recovery {
        var scannedByteCount = 0
        var truncatedByteCount = 0
        /// Why the segment was truncated, nil where it was not.
        var reason: String?
    }

    /// The segment whose `.log` stands in `directory`, to be recovered and then appended to.
    convenience init(
        recoveringIn directory: String, baseOffset: Offset, status: FileStatus
    ) throws(LogError) {
        self.init(
            sealedIn: directory, baseOffset: baseOffset, nextOffset: baseOffset,
            byteCount: status.byteCount, createdMs: status.modifiedMs)
        let file = try SegmentFile(logPath, .update)
        state.withLock { state in
            state.file = file
            state.sharedFile = file
            state.isSealed = false
            state.flushedByteCount = 0
            state.isEntryDurable = false
        }
    }

    /// Keeps the batches that hold and truncates the file at the first that does not.
    ///
    /// From the recovery point on a batch holds if it follows the one before, without a gap where
    /// compaction cannot have made one, and its checksum is right. What lies below was durable once: there only the chain of headers is
    /// followed, from the last index entry on, for a flipped bit must not cost what comes after it.
    func recover(
        from recoveryPoint: Offset, allowingGapsBelow gapsEnd: Offset, config: LogConfig
    ) throws(LogError) -> Recovery {
        try state.withLock { (state) throws(LogError) in
            let file = try file(&state)
            let fileByteCount = state.byteCount
            let start = try loadIndexes(&state, below: recoveryPoint, file, fileByteCount)
            state.byteCount = start
            var scanner = SegmentScanner(
                file, from: start, to: fileByteCount,
                chunkByteCount: SegmentScanner.recoveryChunkByteCount)
            var recovery = Recovery()
            do throws(SegmentScanner.Fault) {
                while let header = try scanner.next() {
                    try validate(
                        header, &scanner, state.nextOffset, recoveryPoint,
                        mayHaveGap: header.baseOffset < gapsEnd)
                    state.account(
                        for: try Self.crediblyRead(header, at: state.byteCount, file),
                        at: state.byteCount, baseOffset, config.indexIntervalBytes)
                }
            } catch {
                if case .log(let error) = error { throw error }
                let isZeroed = try SpaceReservation.isZeroed(
                    file.file, from: state.byteCount, to: fileByteCount)
                if !isZeroed || state.nextOffset < recoveryPoint {
                    recovery.reason = error.logError(logPath, state.byteCount).description
                    recovery.truncatedByteCount = fileByteCount - state.byteCount
                }
                try file.file.truncate(to: state.byteCount)
            }
            try SpaceReservation.releaseLeftover(of: file.file, byteCount: state.byteCount)
            recovery.scannedByteCount = state.byteCount - start
            state.firstTimestamp = try firstTimestamp(file, state.byteCount)
            return recovery
        }
    }

    /// Cuts off the zeros that a sealed segment still has from its time as the active one: a filesystem may
    /// have kept the next segment's file, and lost in a power failure that they were cut off before. A
    /// segment that ends in anything else, or cannot be read, is left as it is.
    func releaseZeros() {
        let byteCount = byteCount
        guard SpaceReservation.mayEndInZeros(byteCount), let file = try? file() else { return }
        let entry = try? state.withLock { (state) throws(LogError) in
            try state.offsetIndex.lastEntry()
        }
        let start = entry.flatMap { batch(of: $0, in: file, below: byteCount) }?.position ?? 0
        var scanner = SegmentScanner(
            file, from: start, to: byteCount, chunkByteCount: SegmentScanner.lookupChunkByteCount)
        var end = baseOffset
        do throws(SegmentScanner.Fault) {
            while let header = try scanner.next() { end = header.nextOffset }
        } catch {
            guard end == nextOffset, (try? scanner.isBeforeZeros()) == true,
                (try? file.file.truncate(to: scanner.position)) != nil
            else { return }
            state.withLock { state in
                state.byteCount = scanner.position
                state.flushedByteCount = scanner.position
            }
        }
    }

    /// Reads both indexes and keeps their entries below `recoveryPoint`; returns the position of the
    /// last of them, where the scan begins. Without sane indexes it begins at 0.
    private func loadIndexes(
        _ state: inout State, below recoveryPoint: Offset, _ file: SegmentFile, _ byteCount: Int
    ) throws(LogError) -> Int {
        state.clearIndexes()
        state.nextOffset = baseOffset
        let isOffsetIndexSane = try state.offsetIndex.load()
        let isTimeIndexSane = try state.timeIndex.load()
        let count = state.offsetIndex.entries.count { entry in
            baseOffset.advanced(by: Int64(entry.relativeOffset)) < recoveryPoint
                && Int(entry.position) < byteCount
        }
        guard isOffsetIndexSane, isTimeIndexSane, count > 0 else {
            state.clearIndexes()
            return 0
        }
        let entry = state.offsetIndex.entries[count - 1]
        var scanner = SegmentScanner(
            file, from: Int(entry.position), to: byteCount,
            chunkByteCount: RecordBatchHeader.byteCount)
        guard entry.relativeOffset >= 0, entry.position >= 0,
            let header = try? scanner.next(),
            header.lastOffset - baseOffset == Int64(entry.relativeOffset)
        else {
            state.clearIndexes()
            return 0
        }
        state.offsetIndex.keepFirst(count)
        state.timeIndex.keepFirst(
            state.timeIndex.entries.count { $0.relativeOffset <= entry.relativeOffset })
        if isTooLow(state.timeIndex.last, for: file, below: byteCount) {
            state.clearIndexes()
            return 0
        }
        state.largestTimestamp = state.timeIndex.last
        state.nextOffset = header.baseOffset
        return Int(entry.position)
    }

    /// Takes the transaction index from its file; false where that is damaged, and the index empty.
    func loadTransactionIndex() throws(LogError) -> Bool {
        try state.withLock { (state) throws(LogError) in
            try state.transactionIndex.load(in: baseOffset..<max(state.nextOffset, baseOffset))
        }
    }

    func persistTransactionIndex() throws(LogError) {
        try state.withLock { (state) throws(LogError) in try state.transactionIndex.persist() }
    }

    private func validate(
        _ header: RecordBatchHeader, _ scanner: inout SegmentScanner, _ nextOffset: Offset,
        _ recoveryPoint: Offset, mayHaveGap: Bool
    ) throws(SegmentScanner.Fault) {
        let isDurable = header.baseOffset < recoveryPoint
        let follows = mayHaveGap ? header.baseOffset >= nextOffset : header.baseOffset == nextOffset
        guard follows, header.lastOffset - baseOffset <= Int64(Int32.max) else {
            throw .format(
                .invalidOffsets(
                    baseOffset: header.baseOffset.rawValue,
                    lastOffsetDelta: header.lastOffsetDelta))
        }
        // Not below the recovery point, but for a batch before zeros: it may have been cut short and look whole,
        // as in a copy whose checkpoint is younger than its log.
        if isDurable, !scanner.isNearZeros { return }
        let computed = try scanner.computedChecksum(header)
        if computed == header.crc { return }
        if isDurable, try !scanner.isBeforeZeros() { return }
        throw .format(.crcMismatch(stored: header.crc, computed: computed))
    }

    private func firstTimestamp(
        _ file: SegmentFile, _ byteCount: Int
    ) throws(LogError) -> Int64? {
        guard let first = try scan(file, from: 0, to: byteCount, where: { _ in true }) else {
            return nil
        }
        return try Self.credible(first.header, at: first.position, in: file).maxTimestamp
    }
}
