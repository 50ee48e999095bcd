import RecordFormat

/// Reads the batches of a segment, whole and verified, one after the other, in a buffer that grows
/// to the largest of them. A segment with a damaged batch is not cleaned: cleaning would remove
/// what somebody might repair.
///
/// Thread contract: one owner; the file below `end` must not change meanwhile.
@safe
struct SegmentBatches: ~Copyable {
    /// So much is read at once.
    static let chunkByteCount = 1 << 20

    private let source: SegmentFile
    private let end: Int
    private var buffer: UnsafeMutableRawBufferPointer
    private var bufferPosition = 0
    private var bufferedByteCount = 0
    /// Where the current batch stands in the buffer.
    private var batchRange = 0..<0
    /// The end of the current batch in the file.
    private(set) var position = 0

    init(_ source: SegmentFile, end: Int) {
        self.source = source
        self.end = end
        unsafe buffer = .allocate(
            byteCount: max(min(Self.chunkByteCount, end), RecordBatchHeader.byteCount),
            alignment: 64)
    }

    deinit { unsafe buffer.deallocate() }

    /// The bytes of the batch that `next()` returned last, valid until the next call.
    var bytes: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(rebasing: buffer[batchRange])
    }

    /// The next batch's header, nil at the end. Throws `corrupt` where there is no sound batch.
    mutating func next() throws(LogError) -> RecordBatchHeader? {
        guard position < end else { return nil }
        do throws(SegmentScanner.Fault) {
            try load(RecordBatchHeader.byteCount)
            let header = try parsedHeader()
            try load(header.sizeInBytes)
            let start = position - bufferPosition
            batchRange = start..<start + header.sizeInBytes
            do throws(RecordFormatError) {
                try RecordBatchHeader.validateChecksum(
                    of: unsafe RawSpan(_unsafeBytes: bytes), header: header)
            } catch {
                throw .format(error)
            }
            position += header.sizeInBytes
            return header
        } catch {
            throw error.logError(source.file.path, position)
        }
    }

    private func parsedHeader() throws(SegmentScanner.Fault) -> RecordBatchHeader {
        let start = position - bufferPosition
        do throws(RecordFormatError) {
            return try unsafe RecordBatchHeader(
                RawSpan(
                    _unsafeBytes: UnsafeRawBufferPointer(
                        rebasing: buffer[start..<start + RecordBatchHeader.byteCount])))
        } catch {
            throw .format(error)
        }
    }

    /// Makes `byteCount` bytes from `position` on be in the buffer.
    private mutating func load(_ byteCount: Int) throws(SegmentScanner.Fault) {
        guard byteCount <= end - position else {
            throw .format(.truncated(needed: byteCount, available: end - position))
        }
        let isBuffered =
            position >= bufferPosition
            && position + byteCount <= bufferPosition + bufferedByteCount
        if isBuffered { return }
        if unsafe buffer.count < byteCount {
            unsafe buffer.deallocate()
            unsafe buffer = .allocate(byteCount: byteCount, alignment: 64)
        }
        bufferPosition = position
        bufferedByteCount = 0
        let wanted = unsafe min(buffer.count, end - position)
        do throws(LogError) {
            bufferedByteCount = try unsafe source.file.read(
                into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]), at: position)
        } catch {
            throw .log(error)
        }
        guard bufferedByteCount >= byteCount else {
            throw .format(.truncated(needed: byteCount, available: bufferedByteCount))
        }
    }
}
