import RecordFormat

/// Walks the batches of a `.log` file from one batch boundary to the next.
///
/// It reads in chunks, so small batches cost no system call each, and it skips the bytes of large
/// ones. The length in a header is believed only within `end`, so hostile bytes cost no memory.
/// `end` is the size that the log remembers. Where somebody has cut the file short below it, the
/// first batch that is not whole is damage. Thread contract: one thread; nobody else writes to the
/// file below `end` meanwhile.
@safe
struct SegmentScanner: ~Copyable {
    /// Enough for the batches between two index entries.
    static let lookupChunkByteCount = 8 << 10
    /// Enough that reading a segment from end to end costs few calls.
    static let recoveryChunkByteCount = 1 << 20
    /// What is read for a header when the batches are too large to be read along with it.
    private static let sparseByteCount = 256

    private let source: SegmentFile
    private let end: Int
    private let chunkByteCount: Int
    private let buffer: UnsafeMutableRawBufferPointer
    private var bufferPosition = 0
    private var bufferedByteCount = 0
    private var previousByteCount = 0
    /// Where the file ended when it was first read.
    private var fileEnd: Int?
    /// Where the next header is expected.
    private(set) var position: Int

    /// A scan of the bytes from `position`, a batch boundary, up to `end`.
    init(_ source: SegmentFile, from position: Int, to end: Int, chunkByteCount: Int) {
        self.source = source
        self.position = position
        self.end = end
        self.chunkByteCount = chunkByteCount
        unsafe buffer = .allocate(byteCount: chunkByteCount, alignment: 4096)
    }

    deinit {
        unsafe buffer.deallocate()
    }

    /// Why the bytes at a position are not a batch.
    enum Fault: Error {
        case log(LogError)
        case format(RecordFormatError)

        func logError(_ path: String, _ position: Int) -> LogError {
            switch self {
            case .log(let error): error
            case .format(let error): .corrupt(path: path, position: position, reason: "\(error)")
            }
        }
    }

    /// The header of the next batch, which lies within the file as a whole; nil at the end. After a
    /// fault the position stays where it was.
    mutating func next() throws(Fault) -> RecordBatchHeader? {
        guard position < end else { return nil }
        guard end - position >= RecordBatchHeader.byteCount else {
            throw .format(
                .truncated(needed: RecordBatchHeader.byteCount, available: end - position))
        }
        if !isBuffered(RecordBatchHeader.byteCount, at: position) {
            let isSparse = previousByteCount > chunkByteCount / 4
            try fill(
                at: position, atLeast: RecordBatchHeader.byteCount,
                atMost: isSparse ? min(Self.sparseByteCount, chunkByteCount) : chunkByteCount)
        }
        let start = position - bufferPosition
        let header: RecordBatchHeader
        do throws(RecordFormatError) {
            header = try unsafe RecordBatchHeader(
                RawSpan(_unsafeBytes: buffer[start..<start + RecordBatchHeader.byteCount]))
        } catch {
            throw .format(error)
        }
        let available = min(end, fileEnd ?? end) - position
        guard header.sizeInBytes <= available else {
            throw .format(.truncated(needed: header.sizeInBytes, available: available))
        }
        previousByteCount = header.sizeInBytes
        position += header.sizeInBytes
        return header
    }

    /// The header of the batch after the one that `next()` returned last, nil where none stands
    /// there.
    mutating func peek() -> RecordBatchHeader? {
        let (position, previousByteCount) = (position, previousByteCount)
        defer {
            self.position = position
            self.previousByteCount = previousByteCount
        }
        return try? next()
    }

    /// Whether the batch that `next()` returned last begins at or above `nextOffset`, and ends
    /// below the next batch. If not, one of the two is damaged.
    mutating func isInOrder(_ header: RecordBatchHeader, after nextOffset: Offset) -> Bool {
        guard header.baseOffset >= nextOffset else { return false }
        return peek().map { $0.baseOffset >= header.nextOffset } ?? true
    }

    /// The stored bytes' CRC-32C of the batch that `next()` returned last.
    mutating func computedChecksum(_ header: RecordBatchHeader) throws(Fault) -> UInt32 {
        // The checksum covers the bytes behind it: see the table at `RecordBatchHeader`.
        var done = position - header.sizeInBytes + 21
        var checksum: UInt32 = 0
        while done < position {
            if !isBuffered(1, at: done) {
                try fill(at: done, atLeast: 1, atMost: chunkByteCount)
            }
            let start = done - bufferPosition
            let count = min(position - done, bufferedByteCount - start)
            unsafe checksum = CRC32C.update(
                checksum, RawSpan(_unsafeBytes: buffer[start..<start + count]))
            done += count
        }
        return checksum
    }

    /// Whether there may be zeros that were written ahead soon after the batch that `next()`
    /// returned last.
    var isNearZeros: Bool {
        SpaceReservation.mayEndInZeros(end) && end - position < SpaceReservation.zeroingStep
    }

    /// Whether only zeros that were written ahead, if anything, come after that batch.
    func isBeforeZeros() throws(Fault) -> Bool {
        do throws(LogError) {
            return try SpaceReservation.isZeroed(source.file, from: position, to: end)
        } catch {
            throw .log(error)
        }
    }

    private func isBuffered(_ byteCount: Int, at position: Int) -> Bool {
        position >= bufferPosition && position + byteCount <= bufferPosition + bufferedByteCount
    }

    /// Reads as much of a chunk as the file has. The file may have been cut short in the chunk; the
    /// batches before the cut are whole.
    private mutating func fill(
        at position: Int, atLeast needed: Int, atMost byteCount: Int
    ) throws(Fault) {
        let wanted = min(byteCount, end - position)
        do throws(LogError) {
            if fileEnd == nil { fileEnd = try source.file.byteCount() }
            bufferPosition = position
            bufferedByteCount = 0
            bufferedByteCount = try unsafe source.file.read(
                into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]), at: position)
        } catch {
            throw .log(error)
        }
        guard bufferedByteCount >= needed else {
            throw .format(.truncated(needed: needed, available: bufferedByteCount))
        }
    }
}
