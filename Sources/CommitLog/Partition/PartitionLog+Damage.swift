import RecordFormat

/// The checks of a read before it hands out a slice.
///
/// Slices go to sockets without being read, so a read does not find every flipped bit. It checks
/// the header of the slice's first batch: whether it is valid, has the offset, and leads to the
/// next header. A reader that stops at damage asks for the damaged batch next, and is told. The
/// checksum of the first batch is computed where its length does not lead to a header, and for a
/// reader that asks once more for what it was just given, since it may have been unable to read
/// that. Readers find any other flipped bit in a record by the checksum.
extension PartitionLog {
    /// Throws `corrupt` where the batch at `position`, which a reader of `offset` is to get first,
    /// is damaged.
    func checkStart(
        of offset: Offset, at position: Int, in extent: Extent, _ file: SegmentFile,
        _ cursor: FetchCursor
    ) throws(LogError) {
        let segment = extent.segment
        let isRepeated = cursor.segment === segment && cursor.requestedOffset == offset
        // This process has validated and appended what is not sealed yet, and it is in the page
        // cache.
        guard isRepeated || segment.mayBeDamaged else { return }
        guard let first = segment.header(at: position, in: file, below: extent.byteCount) else {
            throw .corrupt(
                path: segment.logPath, position: position, reason: "there is no whole batch")
        }
        guard first.header.lastOffset >= offset else {
            throw .corrupt(
                path: segment.logPath, position: position,
                reason: "its offsets end at \(first.header.lastOffset), below \(offset)")
        }
        let end = position + first.header.sizeInBytes
        let next = segment.header(at: end, in: file, below: extent.byteCount)
        let isInOrder =
            end == extent.byteCount
            ? first.header.nextOffset <= extent.nextOffset
            : next.map { $0.header.baseOffset >= first.header.nextOffset } ?? false
        if !isRepeated, isInOrder { return }
        try checkChecksum(of: first, in: segment, file)
        if isInOrder { return }
        // The checksum does not cover base offsets. Where the next batch is sound and contradicts
        // this one, this one's is wrong.
        let isNextSound = next.map { (try? checkChecksum(of: $0, in: segment, file)) != nil }
        if isNextSound ?? (end == extent.byteCount) {
            throw .corrupt(
                path: segment.logPath, position: position,
                reason: "\(RecordFormatError.invalidOffsets(of: first.header))")
        }
    }

    private func checkChecksum(
        of batch: LogSegment.Location, in segment: LogSegment, _ file: SegmentFile
    ) throws(LogError) {
        let end = batch.position + batch.header.sizeInBytes
        var scanner = SegmentScanner(
            file, from: batch.position, to: end, chunkByteCount: SegmentScanner.lookupChunkByteCount
        )
        do throws(SegmentScanner.Fault) {
            guard let header = try scanner.next() else { return }
            let computed = try scanner.computedChecksum(header)
            guard computed == header.crc else {
                throw .format(.crcMismatch(stored: header.crc, computed: computed))
            }
        } catch {
            throw error.logError(segment.logPath, batch.position)
        }
    }
}

extension LogSegment {
    /// Whether the file may hold other bytes than were appended. A segment that this process has
    /// made does not as long as it is the active one.
    fileprivate var mayBeDamaged: Bool { isFromEarlier || state.withLock { $0.isSealed } }
}
