import RecordFormat
import Synchronization

/// One `.log` file of a partition with its indexes, from its base offset up to the next segment's.
///
/// The last segment of a partition is the active one: the only one that grows. Its index entries
/// are in memory; a sealed segment's are in their files, and its `.log` is opened when someone
/// reads it. Thread contract: every call from any thread; the appends (`didAppend`, `seal`) are
/// serialised by the partition's append lock. Nobody may read past what the partition has
/// published.
final class LogSegment: Sendable {
    let baseOffset: Offset
    /// The path of the segment's files up to their extensions.
    let stem: String
    let createdMs: Int64
    /// Whether the files were there when the log was opened, or were written by compaction: then
    /// there may be batches without records, and damage.
    let isFromEarlier: Bool
    let state: Locked<State>

    struct State {
        var byteCount: Int
        var nextOffset: Offset
        var offsetIndex: SparseIndex<OffsetIndexEntry>
        var timeIndex: SparseIndex<TimeIndexEntry>
        var transactionIndex: TransactionIndex
        var bytesSinceLastIndexEntry = 0
        /// The largest timestamp and its batch's last offset; nil where not loaded from the index.
        var largestTimestamp: TimeIndexEntry?
        /// The largest timestamp of the first batch: what `segment.ms` counts from.
        var firstTimestamp: Int64?
        var isSealed: Bool
        /// How many bytes `fdatasync` has covered.
        var flushedByteCount: Int
        /// Whether the directory entry of the `.log` file is known to be durable.
        var isEntryDurable: Bool
        /// The files have other names, or will have, and another segment's files may have theirs.
        var isDeleted = false
        /// Whether the files of a deleted segment have their other names.
        var isRenamed = true
        /// Written by compaction and not in its place yet: the files are under other names.
        var isDetached = false
        /// Whether the file of an active segment without records is not open yet, and may not
        /// exist.
        var isUnopened = false
        /// Whether it was said that a timestamp keeps it longer than retention would.
        var isLeadNoted = false
        /// Whether the file's windows are kept no longer.
        var isRetired = false
        /// Held open while the segment is active or has unflushed bytes.
        var file: SegmentFile?
        /// What the readers of a sealed segment hold open.
        weak var sharedFile: SegmentFile?
    }

    var logPath: String { stem + SegmentFileName.log }

    /// The sealed segment whose files stand in `directory`. Nothing in them is checked here.
    init(
        sealedIn directory: String, baseOffset: Offset, nextOffset: Offset, byteCount: Int,
        createdMs: Int64
    ) {
        self.baseOffset = baseOffset
        self.createdMs = createdMs
        isFromEarlier = true
        stem = "\(directory)/\(SegmentFileName.stem(baseOffset))"
        state = Locked(
            State(
                byteCount: byteCount, nextOffset: nextOffset,
                offsetIndex: SparseIndex(inFile: stem + SegmentFileName.offsetIndex),
                timeIndex: SparseIndex(inFile: stem + SegmentFileName.timeIndex),
                transactionIndex: TransactionIndex(
                    emptyAt: stem + SegmentFileName.transactionIndex),
                isSealed: true, flushedByteCount: byteCount, isEntryDurable: true))
    }

    /// A new, empty segment, ready to be appended to.
    init(creatingIn directory: String, baseOffset: Offset, nowMs: Int64) throws(LogError) {
        self.baseOffset = baseOffset
        createdMs = nowMs
        isFromEarlier = false
        stem = "\(directory)/\(SegmentFileName.stem(baseOffset))"
        // An earlier segment of this name may have left index files, which would be wrong.
        try removeFile(stem + SegmentFileName.offsetIndex)
        try removeFile(stem + SegmentFileName.timeIndex)
        try removeFile(stem + SegmentFileName.transactionIndex)
        let file = try SegmentFile(stem + SegmentFileName.log, .replace)
        state = Locked(
            State(
                byteCount: 0, nextOffset: baseOffset,
                offsetIndex: SparseIndex(emptyAt: stem + SegmentFileName.offsetIndex),
                timeIndex: SparseIndex(emptyAt: stem + SegmentFileName.timeIndex),
                transactionIndex: TransactionIndex(
                    emptyAt: stem + SegmentFileName.transactionIndex),
                isSealed: false, flushedByteCount: 0, isEntryDurable: false, file: file,
                sharedFile: file))
    }

    /// The segment that a log of no records will grow in: its file is missing or empty. The first
    /// call that asks for the file opens it, or makes it, so that thousands of partitions that are
    /// never written to need no descriptors.
    init(emptyIn directory: String, baseOffset: Offset, nowMs: Int64) {
        self.baseOffset = baseOffset
        createdMs = nowMs
        isFromEarlier = false
        stem = "\(directory)/\(SegmentFileName.stem(baseOffset))"
        state = Locked(
            State(
                byteCount: 0, nextOffset: baseOffset,
                offsetIndex: SparseIndex(emptyAt: stem + SegmentFileName.offsetIndex),
                timeIndex: SparseIndex(emptyAt: stem + SegmentFileName.timeIndex),
                transactionIndex: TransactionIndex(
                    emptyAt: stem + SegmentFileName.transactionIndex),
                isSealed: false, flushedByteCount: 0, isEntryDurable: false, isUnopened: true))
    }

    var byteCount: Int { state.withLock { $0.byteCount } }
    var nextOffset: Offset { state.withLock { $0.nextOffset } }
    /// How many aborted transactions have their markers here.
    var abortCount: Int { state.withLock { $0.transactionIndex.entries.count } }

    /// The open `.log` file.
    func file() throws(LogError) -> SegmentFile {
        try state.withLock { (state) throws(LogError) in try file(&state) }
    }

    func file(_ state: inout State) throws(LogError) -> SegmentFile {
        if let file = state.file ?? state.sharedFile { return file }
        // The segment that replaced this one may have the name.
        guard !state.isDeleted else { throw .systemError("open", logPath, code: noFileCode) }
        let file = try SegmentFile(logPath, state.isUnopened ? .create : .update)
        if state.isRetired { file.retire() }
        if state.isUnopened { state.file = file }
        state.isUnopened = false
        state.sharedFile = file
        return file
    }

    /// Keeps no window onto the file from now on: the segment is being deleted or its log closed.
    func retireFile() {
        let file = state.withLock { state in
            state.isRetired = true
            return state.file ?? state.sharedFile
        }
        file?.retire()
    }
}
