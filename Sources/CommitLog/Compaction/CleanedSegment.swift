import RecordFormat

/// Writes the segment that takes the place of others, under names that end in `.cleaned`, which no start
/// takes for a segment.
///
/// Thread contract: one owner.
@safe
struct CleanedSegment: ~Copyable {
    private static let bufferByteCount = 1 << 20

    let segment: LogSegment
    private let file: SegmentFile
    private let config: LogConfig
    private let buffer: UnsafeMutableRawBufferPointer
    private var bufferedByteCount = 0
    private var writtenByteCount = 0

    init(in directory: String, baseOffset: Offset, config: LogConfig) throws(LogError) {
        let segment = try LogSegment(cleanedIn: directory, baseOffset: baseOffset)
        let file = try segment.file()
        self.segment = segment
        self.file = file
        self.config = config
        unsafe buffer = .allocate(byteCount: Self.bufferByteCount, alignment: 4096)
    }

    deinit { unsafe buffer.deallocate() }

    var byteCount: Int { writtenByteCount + bufferedByteCount }

    /// Throws `corrupt` where the segment would grow past what an index can name.
    mutating func append(
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

    /// Makes the segment durable, its indexes too. `transactionIndex` is nil where none of its sources
    /// had one. The file's time becomes that of the youngest source, as retention by time may ask for it.
    mutating func finish(
        nextOffset: Offset, transactionIndex: [UInt8]?, modifiedMs: Int64
    ) throws(LogError) {
        try writeBuffer()
        try file.file.setModifiedTime(ms: modifiedMs)
        try file.file.synchronize()
        try segment.finishCleaned(nextOffset: nextOffset)
        if let transactionIndex {
            let index = try File(
                segment.stem + SegmentFileName.transactionIndex + SegmentFileName.cleaned,
                .replace)
            try index.write(transactionIndex, at: 0)
            try index.synchronize()
        }
    }

    private mutating func writeBuffer() throws(LogError) {
        try unsafe file.file.write(
            UnsafeRawBufferPointer(rebasing: buffer[..<bufferedByteCount]), at: writtenByteCount)
        writtenByteCount += bufferedByteCount
        bufferedByteCount = 0
    }
}

/// The entries of a `.txnindex` file: Int16 version, then producerId, firstOffset, lastOffset and
/// lastStableOffset, all Int64.
enum TransactionIndexBytes {
    static let entryByteCount = 34
    private static let lastOffsetPosition = 18

    /// The entries whose markers are in `markers`. Throws `corrupt` where the file is torn.
    static func entries(
        of bytes: [UInt8], path: String, withMarkersIn markers: Set<Offset>
    ) throws(LogError) -> [UInt8] {
        guard bytes.count % entryByteCount == 0 else {
            throw .corrupt(path: path, position: bytes.count, reason: "the last entry is torn")
        }
        var kept: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: entryByteCount) {
            var reader = BigEndianReader(bytes, at: start + lastOffsetPosition)
            guard markers.contains(Offset(reader.read())) else { continue }
            kept += bytes[start..<start + entryByteCount]
        }
        return kept
    }
}
