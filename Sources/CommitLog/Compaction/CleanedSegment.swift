import RecordFormat

/// Writes the segment that takes the place of others, under names that end in `.cleaned`, which no
/// start takes for a segment.
///
/// Thread contract: one owner.
@safe
final class CleanedSegment {
    private static let bufferByteCount = 1 << 20

    let segment: LogSegment
    private let file: SegmentFile
    private let config: LiveLogConfig
    private let buffer: UnsafeMutableRawBufferPointer
    private var bufferedByteCount = 0
    private var writtenByteCount = 0
    /// The segments whose batches it has, or had until they were filtered out.
    private(set) var sources: [LogSegment] = []

    init(in directory: String, baseOffset: Offset, config: LiveLogConfig) throws(LogError) {
        let segment = try LogSegment(cleanedIn: directory, baseOffset: baseOffset)
        let file = try segment.file()
        self.segment = segment
        self.file = file
        self.config = config
        unsafe buffer = .allocate(byteCount: Self.bufferByteCount, alignment: 4096)
    }

    deinit { unsafe buffer.deallocate() }

    var byteCount: Int { writtenByteCount + bufferedByteCount }

    /// Whether all of `source` can be added within the limits of the topic, and the 32 bits of an
    /// index's relative offsets.
    func hasRoom(for source: LogSegment) -> Bool {
        hasRoom(source.byteCount, source.indexByteCount, source.nextOffset)
    }

    /// The same for what is left of a source that ends below `nextOffset`.
    func hasRoom(for cleaned: CleanedSegment, endingBelow nextOffset: Offset) -> Bool {
        hasRoom(cleaned.byteCount, cleaned.segment.indexByteCount, nextOffset)
    }

    private func hasRoom(_ byteCount: Int, _ indexByteCount: Int, _ nextOffset: Offset) -> Bool {
        Int64(self.byteCount + byteCount) <= config.segmentBytes
            && Int64(segment.indexByteCount + indexByteCount) <= config.segmentIndexBytes
            && nextOffset - segment.baseOffset <= Int64(Int32.max)
    }

    func didAdd(_ source: LogSegment) { sources.append(source) }

    /// Gives the segment up before it is put in place.
    func removeFiles() throws(LogError) {
        try segment.removeFiles(ending: SegmentFileName.cleaned)
    }

    /// Adds what another one has, which is given up. Calls `progress` with the size of each batch.
    func append(
        contentsOf other: CleanedSegment, progress: (Int) throws(LogError) -> Void
    ) throws(LogError) {
        try other.writeBuffer()
        var batches = SegmentBatches(other.file, end: other.writtenByteCount)
        while let header = try batches.next() {
            try progress(header.sizeInBytes)
            try unsafe append(batches.bytes, header)
        }
        sources += other.sources
    }

    /// Throws `corrupt` where the segment would grow past what an index can name.
    func append(
        _ batch: UnsafeRawBufferPointer, _ header: RecordBatchHeader
    ) throws(LogError) {
        guard byteCount + batch.count <= Int(Int32.max) else {
            throw .corrupt(
                path: file.file.path, position: byteCount,
                reason: "its batches have become too large for one segment; lower segment.bytes")
        }
        segment.didAppend(header, at: byteCount, config: config)
        if batch.count > Self.bufferByteCount - bufferedByteCount { try writeBuffer() }
        if batch.count > Self.bufferByteCount {
            try unsafe file.file.write(batch, at: writtenByteCount)
            writtenByteCount += batch.count
        } else {
            let target = unsafe UnsafeMutableRawBufferPointer(
                rebasing: buffer[bufferedByteCount...])
            unsafe target.copyMemory(from: batch)
            bufferedByteCount += batch.count
        }
    }

    /// Makes the segment durable, its indexes too. The file's time becomes that of the youngest
    /// source, as retention by time may ask for it.
    func finish(
        nextOffset: Offset, aborted: [TransactionIndexEntry], modifiedMs: Int64
    ) throws(LogError) {
        try writeBuffer()
        try file.file.setModifiedTime(ms: modifiedMs)
        try file.file.synchronize()
        for entry in aborted { segment.didAbort(entry) }
        try ReplacedRange(baseOffset: segment.baseOffset, endOffset: nextOffset)
            .write(to: segment.stem + ReplacedRange.fileSuffix + SegmentFileName.cleaned)
        try segment.finishCleaned(nextOffset: nextOffset)
    }

    private func writeBuffer() throws(LogError) {
        try unsafe file.file.write(
            UnsafeRawBufferPointer(rebasing: buffer[..<bufferedByteCount]), at: writtenByteCount)
        writtenByteCount += bufferedByteCount
        bufferedByteCount = 0
    }
}
