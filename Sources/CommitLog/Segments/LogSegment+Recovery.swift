import RecordFormat

/// Opening a segment whose end is not known to be sound.
extension LogSegment {
    /// What recovering one segment found and did.
    struct Recovery {
        var scannedByteCount = 0
        /// The bytes at the end that held no sound batch and are gone, and what was wrong with
        /// them.
        var truncatedByteCount = 0
        var truncationReason: String?
        /// Offsets that are missing in front of sound batches.
        var gaps: [OffsetGap] = []
        /// The old file, if the new one was written without its damaged bytes.
        var aside: AsideSegment?
    }

    /// What a segment's batches must fit into, and what of it is believed.
    struct Expectations {
        var recoveryPoint = Offset.zero
        /// Below it compaction may have left gaps.
        var gapsEnd = Offset.zero
        var knownGapEnds: Set<Offset> = []
        /// Where the next segment begins.
        var limit = Offset(.max)
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

    /// Keeps every sound batch, also behind damaged ones.
    ///
    /// From the recovery point on, a batch is sound if it comes after the one before and its
    /// checksum is right. Below it everything was durable once, so only the chain of headers is
    /// followed, from the last index entry on. Bytes at the end without a sound batch, as an append
    /// that was cut short leaves them, are cut off. Where a sound batch comes behind damage, the
    /// file is written anew without the damaged bytes, and the old one is set aside.
    func recover(
        _ expected: Expectations, config: LogConfig
    ) throws(LogError) -> Recovery {
        try state.withLock { (state) throws(LogError) in
            let file = try file(&state)
            let fileByteCount = state.byteCount
            let start = try loadIndexes(&state, below: expected.recoveryPoint, file, fileByteCount)
            state.byteCount = start
            var recovery = Recovery()
            let damages = try account(
                for: file, from: start, to: fileByteCount, expected, config, &state, &recovery)
            recovery.scannedByteCount = state.byteCount - start
            try cutOut(damages, fileByteCount, expected, &state, &recovery)
            let kept = try self.file(&state)
            try SpaceReservation.releaseLeftover(of: kept.file, byteCount: state.byteCount)
            state.firstTimestamp = try firstTimestamp(kept, state.byteCount)
            return recovery
        }
    }

    /// Accounts for the sound batches at the positions that they will have once the damaged bytes
    /// are cut out; returns the damage.
    private func account(
        for file: SegmentFile, from start: Int, to end: Int, _ expected: Expectations,
        _ config: LogConfig, _ state: inout State, _ recovery: inout Recovery
    ) throws(LogError) -> [SoundBatches.Damage] {
        var batches = SoundBatches(
            file, from: start, to: end, nextOffset: state.nextOffset,
            bounds: SoundBatchSearch.Bounds(baseOffset: baseOffset, limit: expected.limit),
            trust: SoundBatches.Trust(
                durableEnd: expected.recoveryPoint, gapsEnd: expected.gapsEnd,
                knownGapEnds: expected.knownGapEnds))
        var damages: [SoundBatches.Damage] = []
        var damageInFront: SoundBatches.Damage?
        while let step = try batches.next() {
            switch step {
            case .damage(let damage):
                damages.append(damage)
                damageInFront = damage
            case .batch(let header, let position):
                let isExpected = damageInFront == nil && batches.isGapExpected(before: header)
                if header.baseOffset > state.nextOffset, !isExpected {
                    let cause =
                        damageInFront.map(describe)
                        ?? "\(logPath) goes on without them at position \(position)"
                    recovery.gaps.append(
                        OffsetGap(
                            startOffset: state.nextOffset, endOffset: header.baseOffset,
                            cause: cause))
                }
                damageInFront = nil
                state.account(
                    for: try Self.credible(header, at: position, in: file), at: state.byteCount,
                    baseOffset, config.indexIntervalBytes)
            }
        }
        return damages
    }

    /// Takes the damaged bytes out of the file.
    private func cutOut(
        _ damages: [SoundBatches.Damage], _ fileByteCount: Int, _ expected: Expectations,
        _ state: inout State, _ recovery: inout Recovery
    ) throws(LogError) {
        guard let last = damages.last else { return }
        let file = try file(&state)
        if damages.count == 1, !last.hasStrays, last.range.upperBound == fileByteCount {
            let isUnwritten = try SpaceReservation.isZeroed(
                file.file, from: last.range.lowerBound, to: fileByteCount)
            // Only the last segment may end in an append that was cut short: the others were whole
            // when they were sealed.
            if isUnwritten || expected.limit == Offset(.max) {
                if !isUnwritten || state.nextOffset < expected.recoveryPoint {
                    recovery.truncationReason = describe(last)
                    recovery.truncatedByteCount = last.range.count
                }
                return try file.file.truncate(to: state.byteCount)
            }
        }
        var kept: [Range<Int>] = []
        var position = 0
        for damage in damages {
            kept.append(position..<damage.range.lowerBound)
            position = damage.range.upperBound
        }
        kept.append(position..<fileByteCount)
        recovery.aside = AsideSegment(
            path: try AsideFile.replace(logPath, keeping: kept), cause: describe(damages[0]))
        let newFile = try SegmentFile(logPath, .update)
        state.file = newFile
        state.sharedFile = newFile
    }

    private func describe(_ damage: SoundBatches.Damage) -> String {
        LogError.corrupt(
            path: logPath, position: damage.range.lowerBound, reason: "\(damage.reason)"
        ).description
    }

    /// Cuts off the zeros that a sealed segment still has from its time as the active one. They
    /// were cut off before the next segment's file was made, but in a power failure a filesystem
    /// may lose the first of the two changes and keep the second. A segment that ends in anything
    /// else, or cannot be read, is left as it is.
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

    /// Reads both indexes and keeps their entries below `recoveryPoint`; returns the position of
    /// the last of them, where the scan begins. Without sane indexes it begins at 0.
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

    private func firstTimestamp(
        _ file: SegmentFile, _ byteCount: Int
    ) throws(LogError) -> Int64? {
        guard let first = try scan(file, from: 0, to: byteCount, where: { _ in true }) else {
            return nil
        }
        return try Self.credible(first.header, at: first.position, in: file).maxTimestamp
    }
}
