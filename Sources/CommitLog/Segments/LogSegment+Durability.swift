import RecordFormat

/// Flushing and deleting a segment's files.
extension LogSegment {
    /// Makes everything up to now durable: the bytes, and the file's name. Returns how many times
    /// it called `fdatasync`. Never called by two threads at once: the flush of a partition has one
    /// leader.
    func flush() throws(LogError) -> Int {
        let (pending, byteCount, isEntryDurable) = state.withLock { state in
            // A deleted segment need not be flushed.
            let isFlushed = state.flushedByteCount == state.byteCount && state.isEntryDurable
            return (
                state.isDeleted || isFlushed ? nil : state.file, state.byteCount,
                state.isEntryDurable
            )
        }
        guard let pending else { return 0 }
        try pending.file.synchronizeData()
        if !isEntryDurable { try synchronizeDirectory(parentDirectory(of: stem)) }
        state.withLock { state in
            state.flushedByteCount = max(state.flushedByteCount, byteCount)
            state.isEntryDurable = true
            // Readers of a sealed, flushed segment keep it open as long as they need it.
            if state.isSealed { state.file = nil }
        }
        return 1
    }

    /// Writes the index entries that are only in memory. A sealed segment's memory is given back.
    func persistIndexes() throws(LogError) {
        try state.withLock { (state) throws(LogError) in
            guard !state.isDeleted, !state.isDetached else { return }
            try state.persistIndexes()
            if state.isSealed {
                state.offsetIndex.release()
                state.timeIndex.release()
            }
        }
    }

    /// Renames the files so that no later start takes them for a segment; whoever has the log open
    /// reads on. `removeDeletedFiles()` removes them. A snapshot may stay for the segment that has
    /// taken this one's place.
    func markDeleted(keepingSnapshot: Bool = false) throws(LogError) {
        retireFile()
        try state.withLock { (state) throws(LogError) in
            guard !state.isDeleted else { return }
            // From here on another segment may have these names, even where the renaming fails.
            state.isDeleted = true
            state.file = nil
            state.offsetIndex = SparseIndex(
                inFile: state.offsetIndex.path + SegmentFileName.deleted)
            state.timeIndex = SparseIndex(inFile: state.timeIndex.path + SegmentFileName.deleted)
            state.isRenamed = false
            for suffix in Self.fileSuffixes where try fileStatus(stem + suffix) != nil {
                if keepingSnapshot, suffix == SegmentFileName.producerSnapshot { continue }
                try renameFile(stem + suffix, to: stem + suffix + SegmentFileName.deleted)
            }
            state.isRenamed = true
        }
    }

    /// Removes what `markDeleted` renamed, and what it had to leave under its name.
    func removeDeletedFiles() throws(LogError) {
        let isRenamed = state.withLock { $0.isRenamed }
        if !isRenamed { for suffix in Self.fileSuffixes { try removeFile(stem + suffix) } }
        for suffix in Self.fileSuffixes {
            try removeFile(stem + suffix + SegmentFileName.deleted)
        }
    }

    /// Of the files that are made from the log.
    static let indexSuffixes = [
        SegmentFileName.offsetIndex, SegmentFileName.timeIndex, SegmentFileName.transactionIndex,
    ]

    /// The log goes first: a start removes indexes without a log.
    private static let fileSuffixes = [
        SegmentFileName.log, SegmentFileName.offsetIndex, SegmentFileName.timeIndex,
        SegmentFileName.transactionIndex, SegmentFileName.producerSnapshot,
    ]
}
