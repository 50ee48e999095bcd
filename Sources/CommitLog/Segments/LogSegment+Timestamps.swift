import RecordFormat

/// The largest timestamps of batches and of the segment. A header's is its producer's word, and batches that
/// are stored already may say −1, 0, or anything that is less than the time of their first record.
extension LogSegment {
    /// The largest timestamp of the segment and the last offset of its batch. A segment without
    /// timestamps answers with the time of its file's last change, as Kafka does.
    func largestTimestamp() throws(LogError) -> (timestamp: Int64, offset: Offset) {
        try state.withLock { (state) throws(LogError) in
            if state.largestTimestamp == nil {
                do throws(LogError) {
                    state.largestTimestamp = try state.timeIndex.lastEntry()
                    if state.isSealed, !state.isDeleted, state.byteCount > 0,
                        isTooLow(
                            state.largestTimestamp, for: try file(&state), below: state.byteCount)
                    {
                        try rebuildIndexes(&state)
                    }
                } catch {
                    try rebuildIndexes(&state)
                }
            }
            if let entry = state.largestTimestamp, entry.timestamp >= 0 {
                return (entry.timestamp, baseOffset.advanced(by: Int64(entry.relativeOffset)))
            }
            return (try fileStatus(logPath)?.modifiedMs ?? createdMs, baseOffset)
        }
    }

    /// Whether the last entry of a time index says less than the segment's first batch: the index was made
    /// from headers that were believed.
    func isTooLow(
        _ last: TimeIndexEntry?, for file: SegmentFile, below end: Int
    ) -> Bool {
        guard let first = try? scan(file, from: 0, to: end, where: { _ in true })?.header else {
            return false
        }
        let least = first.hasCredibleMaxTimestamp ? first.maxTimestamp : first.baseTimestamp
        return least > last?.timestamp ?? -1
    }

    /// The header of the batch at `position`, its largest timestamp that of its records where it says what
    /// cannot be. Where they cannot be decoded, the first one's is the largest that is known.
    static func credible(
        _ header: RecordBatchHeader, at position: Int, in file: SegmentFile
    ) throws(LogError) -> RecordBatchHeader {
        if header.hasCredibleMaxTimestamp { return header }
        var credible = header
        let bytes = try file.file.bytes(at: position, count: header.sizeInBytes)
        var reader = RecordBatchReader()
        var largest = header.baseTimestamp
        do throws(RecordFormatError) {
            try unsafe reader.withRecords(
                of: bytes.span.bytes, header: header, verifyChecksum: false
            ) { (records) throws(RecordFormatError) in
                while let record = try records.next() {
                    largest = max(largest, header.timestamp(of: record))
                }
            }
        } catch {}
        credible.maxTimestamp = largest
        return credible
    }
}
