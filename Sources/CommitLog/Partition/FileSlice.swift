public import RecordFormat

/// Whole batches as they stand in a segment's file: what a fetch returns, and `sendfile` sends.
///
/// It keeps the file open, so it stays readable after the segment was deleted.
public struct FileSlice: Sendable {
    let file: SegmentFile
    public let segmentBaseOffset: Offset
    /// Where the first batch begins in the file.
    public let position: Int
    public let byteCount: Int
    /// The base offset of the first batch, which is less than the offset asked for where that lies
    /// inside the batch. For a reader that reads on in a compacted log it may be the offset asked
    /// for, in a gap before that batch.
    public let baseOffset: Offset
    /// The offset after the last batch: where to read on.
    public let nextOffset: Offset
    /// False where only a batch that compaction has emptied is left of the log. No reader waits for
    /// it, but with it a reader gets past its offsets.
    public let hasRecords: Bool

    /// The name under which the file was opened.
    public var path: String { file.file.path }
    /// The descriptor of the file, valid as long as the slice lives.
    public var fileDescriptor: Int32 { file.file.descriptor }

    /// Copies the slice's bytes to the start of `buffer`, which must have room for them.
    public func copy(to buffer: UnsafeMutableRawBufferPointer) throws(LogError) {
        precondition(buffer.count >= byteCount)
        try unsafe copy(
            from: 0, to: UnsafeMutableRawBufferPointer(rebasing: buffer[..<byteCount]))
    }

    /// Fills `buffer` with the slice's bytes from the one at `start` on.
    public func copy(
        from start: Int, to buffer: UnsafeMutableRawBufferPointer
    ) throws(LogError) {
        precondition(start >= 0 && buffer.count <= byteCount - start)
        let count = try unsafe file.file.read(into: buffer, at: position + start)
        guard count == buffer.count else {
            throw .corrupt(
                path: file.file.path, position: position + start + count,
                reason: "the file shrank")
        }
    }
}

/// Where a reader that reads on from slice to slice stopped, so that its next read need not search.
/// Thread contract: one reader's own.
public struct FetchCursor: Sendable {
    var segment: LogSegment?
    var file: SegmentFile?
    var position = 0
    var nextOffset = Offset(-1)
    /// What was asked for last, and given.
    var requestedOffset = Offset(-1)
    var indexRun = IndexRun()

    public init() {}
}
