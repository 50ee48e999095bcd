import RecordFormat
import Synchronization

/// Putting a cleaned segment in the place of those that it was made from.
///
/// Kafka's order, in which a crash at any point leaves either the old segments or the new one:
///
/// 1. `.cleaned` files are written and made durable. Until here they are removed at a start.
/// 2. They are renamed to `.swap`, the `.log` last. From here on a start finishes what follows.
/// 3. The old files are renamed to `.deleted`, durably.
/// 4. The `.swap` files get their names, the `.log` last.
///
/// `ReplacedRange` says which files are the old ones.
///
/// Slices and cursors keep the old files open; whoever looks a segment up finds the new one from
/// step 3 on.
extension PartitionLog {
    /// False, and nothing has changed, where the sources are no longer in the log or the log is
    /// closed.
    ///
    /// After an error in step 3 or 4 the log goes on with the new segment, and the next start
    /// finishes.
    func replace(_ sources: [LogSegment], with cleaned: LogSegment) throws(LogError) -> Bool {
        try withMaintenance { (events) throws(LogError) in
            guard indexOfFirst(of: sources) != nil else { return false }
            try cleaned.renameFiles(from: SegmentFileName.cleaned, to: SegmentFileName.swap)
            try synchronizeDirectory(path)
            let extents = view.withLock { view in
                guard let first = view.segments.firstIndex(where: { $0 === sources[0] }) else {
                    preconditionFailure("only the holder of the maintenance lock removes segments")
                }
                let range = first..<first + sources.count
                let extents = view.extents(of: range)
                view.segments.replaceSubrange(range, with: [cleaned])
                replacementCount.add(1, ordering: .releasing)
                return extents
            }
            for source in sources {
                // The snapshot at the first offset is the new segment's, too.
                try source.markDeleted(keepingSnapshot: source === sources[0])
            }
            try synchronizeDirectory(path)
            try removeFile(cleaned.stem + ReplacedRange.fileSuffix + SegmentFileName.swap)
            try cleaned.renameFiles(from: SegmentFileName.swap, to: "")
            try synchronizeDirectory(path)
            cleaned.didMoveIntoPlace()
            hooks.didDelete(sources, config.fileDeleteDelayMs)
            let whole = SegmentExtent(
                baseOffset: cleaned.baseOffset, nextOffset: extents[extents.count - 1].nextOffset,
                byteCount: cleaned.byteCount)
            events.append(.compacted(extents, of: topicPartition, into: whole))
            return true
        }
    }

    private func indexOfFirst(of sources: [LogSegment]) -> Int? {
        view.withLock { view in
            guard !view.isClosed,
                let first = view.segments.firstIndex(where: { $0 === sources[0] }),
                first + sources.count < view.segments.count,
                sources.indices.allSatisfy({ view.segments[first + $0] === sources[$0] })
            else { return nil }
            return first
        }
    }

    /// Runs `body`, and once more whenever it failed while segments were replaced: it may have
    /// looked for one in files that were just renamed.
    func retryingWhereReplaced<Result>(
        _ body: () throws(LogError) -> Result
    ) throws(LogError) -> Result {
        while true {
            let count = replacementCount.load(ordering: .acquiring)
            do throws(LogError) {
                return try body()
            } catch {
                guard replacementCount.load(ordering: .acquiring) != count else { throw error }
            }
        }
    }
}

/// A segment that is written by cleaning, from its first byte to its place in the log.
extension LogSegment {
    /// A new, empty segment under names that end in `.cleaned`.
    convenience init(cleanedIn directory: String, baseOffset: Offset) throws(LogError) {
        self.init(
            sealedIn: directory, baseOffset: baseOffset, nextOffset: baseOffset, byteCount: 0,
            createdMs: 0)
        let file = try SegmentFile(logPath + SegmentFileName.cleaned, .replace)
        state.withLock { state in
            state.isSealed = false
            state.isDetached = true
            state.file = file
            state.sharedFile = file
            state.clearIndexes()
        }
    }

    /// Ends the segment and writes its indexes. Until it is in place it lives by its open file and
    /// by the indexes in memory.
    func finishCleaned(nextOffset: Offset) throws(LogError) {
        seal()
        try state.withLock { (state) throws(LogError) in
            state.nextOffset = nextOffset
            state.flushedByteCount = state.byteCount
            state.isEntryDurable = true
            try state.offsetIndex.persist(
                to: stem + SegmentFileName.offsetIndex + SegmentFileName.cleaned)
            try state.timeIndex.persist(
                to: stem + SegmentFileName.timeIndex + SegmentFileName.cleaned)
            // An empty one, too: it takes the place of one that tells of data that is gone.
            try state.transactionIndex.persist(
                to: stem + SegmentFileName.transactionIndex + SegmentFileName.cleaned)
        }
    }

    func didMoveIntoPlace() {
        state.withLock { state in
            state.isDetached = false
            state.offsetIndex.release()
            state.timeIndex.release()
            state.file = nil
        }
    }

    /// Renames the files that are there; the log last, for it says that the others are complete.
    func renameFiles(from old: String, to new: String) throws(LogError) {
        for suffix in Self.cleanedSuffixes where try fileStatus(stem + suffix + old) != nil {
            try renameFile(stem + suffix + old, to: stem + suffix + new)
        }
    }

    func removeFiles(ending suffix: String) throws(LogError) {
        for file in Self.cleanedSuffixes { try removeFile(stem + file + suffix) }
    }

    /// What cleaning writes, the log last.
    static let cleanedSuffixes = [
        ReplacedRange.fileSuffix, SegmentFileName.offsetIndex, SegmentFileName.timeIndex,
        SegmentFileName.transactionIndex, SegmentFileName.log,
    ]

    /// The size of the larger index.
    var indexByteCount: Int {
        state.withLock { max($0.offsetIndex.byteCount, $0.timeIndex.byteCount) }
    }
}
