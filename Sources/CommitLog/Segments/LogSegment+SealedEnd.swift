import RecordFormat

/// The check of a durable, sealed segment at a start. Only its end is looked at.
extension LogSegment {
    /// The end of a segment's chain of whole batches.
    struct SealedEnd: Equatable {
        var position: Int
        var nextOffset: Offset
        /// What is wrong behind it; nil at the end of the file.
        var fault: RecordFormatError?
        /// Whether sound batches come behind the fault.
        var isFollowed = false
    }

    /// Follows the headers from the last index entry on: a few kilobytes, where there is an index.
    ///
    /// - Parameter limit: where the next segment begins.
    func sealedEnd(limit: Offset) throws(LogError) -> SealedEnd {
        let byteCount = byteCount
        var end = SealedEnd(position: 0, nextOffset: baseOffset)
        guard byteCount > 0 else { return end }
        let file = try file()
        if let batch = lastIndexedBatch(in: file, below: byteCount) {
            end = SealedEnd(position: batch.position, nextOffset: batch.header.baseOffset)
        }
        var scanner = SegmentScanner(
            file, from: end.position, to: byteCount,
            chunkByteCount: SegmentScanner.lookupChunkByteCount)
        do throws(SegmentScanner.Fault) {
            while let header = try scanner.next() {
                // Offsets that fall or do not belong here are damage, too.
                guard header.baseOffset >= end.nextOffset, header.nextOffset <= limit else {
                    throw .format(.invalidOffsets(of: header))
                }
                end.position = scanner.position
                end.nextOffset = header.nextOffset
            }
        } catch {
            switch error {
            case .log(let error): throw error
            case .format(let fault): end.fault = fault
            }
            var search = SoundBatchSearch(
                file, to: byteCount,
                bounds: SoundBatchSearch.Bounds(baseOffset: baseOffset, limit: limit))
            let outcome = try search.first(from: end.position, notBelow: end.nextOffset)
            end.isFollowed = outcome.position != nil || outcome.hasStrays
        }
        return end
    }

    /// Lets the segment end here for its readers. The file stays as it is.
    func end(at position: Int) {
        state.withLock { state in
            state.byteCount = position
            state.flushedByteCount = position
        }
    }

    /// The last batch that the index names below `end`; nil where the index cannot be read or is
    /// wrong.
    private func lastIndexedBatch(in file: SegmentFile, below end: Int) -> Location? {
        let entry = try? state.withLock { (state) throws(LogError) -> OffsetIndexEntry? in
            guard let last = try state.offsetIndex.lastEntry() else { return nil }
            if Int(last.position) < end { return last }
            return try state.offsetIndex.lastEntry { Int($0.position) < end }
        }
        return entry.flatMap { batch(of: $0, in: file, below: end) }
    }
}
