import RecordFormat

/// Looks byte by byte for the next sound batch where the chain from one batch to the next is
/// broken.
///
/// Where the checksum is right, the bytes are a batch as it was written. But it does not cover base
/// offset and leader epoch. So the offsets must fit, too: above those that were read before, below
/// the next segment, and, where they leave a gap, below those of the batch that follows.
struct SoundBatchSearch {
    /// What the offsets of a segment's batches must fit into.
    struct Bounds {
        /// The segment's: its offsets are at most 2³¹ − 1 above.
        var baseOffset: Offset
        /// No batch ends above it: the next segment begins here.
        var limit = Offset(.max)
    }

    struct Outcome {
        /// Where the batch stands; nil where there is none.
        var position: Int?
        /// Whether there may be batches, up to there, whose bytes are sound and that do not belong
        /// there.
        var hasStrays = false
    }

    private static let chunkByteCount = 1 << 20
    private static let checksumChunkByteCount = 64 << 10

    let file: SegmentFile
    let end: Int
    let bounds: Bounds
    /// How many more bytes may be read in vain. Without this bound, payloads that look like headers
    /// of large batches could make a search take for ever.
    private var budget: Int

    init(_ file: SegmentFile, to end: Int, bounds: Bounds) {
        self.file = file
        self.end = end
        self.bounds = bounds
        budget = end.multipliedReportingOverflow(by: 4).partialValue + (64 << 20)
    }

    /// The first sound batch from `start` on whose offsets are not below `nextOffset`.
    mutating func first(
        from start: Int, notBelow nextOffset: Offset
    ) throws(LogError) -> Outcome {
        var outcome = Outcome()
        var position = start
        while position + RecordBatchHeader.byteCount <= end {
            let chunk = try file.file.bytes(
                at: position, count: min(Self.chunkByteCount, end - position))
            guard chunk.count >= RecordBatchHeader.byteCount else { break }
            var index = 0
            while let candidate = Self.candidate(in: chunk, from: index) {
                guard budget > 0 else {
                    outcome.hasStrays = true
                    return outcome
                }
                let place = position + candidate
                guard let header = try soundHeader(at: place) else {
                    index = candidate + 1
                    continue
                }
                if try fits(header, at: place, from: start, nextOffset) {
                    outcome.position = place
                    return outcome
                }
                outcome.hasStrays = true
                index = candidate + header.sizeInBytes
            }
            position += max(index, chunk.count - RecordBatchHeader.byteCount + 1)
        }
        return outcome
    }

    /// The next index at which the bytes may be a header.
    private static func candidate(in chunk: [UInt8], from start: Int) -> Int? {
        let bytes = unsafe chunk.span.bytes
        var index = start
        while index + RecordBatchHeader.byteCount <= bytes.byteCount {
            if chunk[index + 16] == UInt8(RecordBatchHeader.currentMagic),
                (try? RecordBatchHeader(bytes.extracting(index..<bytes.byteCount))) != nil
            {
                return index
            }
            index += 1
        }
        return nil
    }

    /// The header of the batch at `position`, nil where it is not whole or its checksum is wrong.
    private mutating func soundHeader(at position: Int) throws(LogError) -> RecordBatchHeader? {
        guard position < end else { return nil }
        var scanner = SegmentScanner(
            file, from: position, to: end, chunkByteCount: Self.checksumChunkByteCount)
        do throws(SegmentScanner.Fault) {
            guard let header = try scanner.next() else { return nil }
            if try scanner.computedChecksum(header) == header.crc { return header }
            budget -= header.sizeInBytes
            return nil
        } catch {
            if case .log(let error) = error { throw error }
            budget -= RecordBatchHeader.byteCount
            return nil
        }
    }

    private mutating func fits(
        _ header: RecordBatchHeader, at position: Int, from start: Int, _ nextOffset: Offset
    ) throws(LogError) -> Bool {
        guard bounds.contain(header), header.baseOffset >= nextOffset else { return false }
        if header.baseOffset == nextOffset { return true }
        if let following = try soundHeader(at: position + header.sizeInBytes) {
            return following.baseOffset < nextOffset || following.baseOffset >= header.nextOffset
        }
        // At `start` no damage explains the gap, and no batch behind confirms the offset.
        return position > start || header.nextOffset == bounds.limit
    }
}

extension SoundBatchSearch.Bounds {
    func contain(_ header: RecordBatchHeader) -> Bool {
        header.baseOffset >= baseOffset && header.nextOffset <= limit
            && header.lastOffset - baseOffset <= Int64(Int32.max)
    }
}
