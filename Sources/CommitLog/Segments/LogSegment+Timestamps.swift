import RecordFormat

/// The largest timestamps of batches and of the segment. The producer sets the largest timestamp in
/// a header. In batches that are stored already it may be −1, 0, or anything less than the time of
/// their first record.
extension LogSegment {
    /// The largest timestamp of the segment and the last offset of its batch. A segment without
    /// timestamps answers with the time of its file's last change, as Kafka does.
    func largestTimestamp() throws(LogError) -> (timestamp: Int64, offset: Offset) {
        try state.withLock { (state) throws(LogError) in
            if state.largestTimestamp == nil { try findLargestTimestamp(&state) }
            if let entry = state.largestTimestamp, entry.timestamp >= 0 {
                return (entry.timestamp, baseOffset.advanced(by: Int64(entry.relativeOffset)))
            }
            return (try fileStatus(logPath)?.modifiedMs ?? createdMs, baseOffset)
        }
    }

    /// Takes it from the time index, or makes that anew where it contradicts the log.
    private func findLargestTimestamp(_ state: inout State) throws(LogError) {
        do throws(LogError) {
            state.largestTimestamp = try state.timeIndex.lastEntry()
        } catch {
            return try rebuildIndexes(&state)
        }
        guard state.isSealed, !state.isDeleted, state.byteCount > 0 else { return }
        let (file, end) = (try file(&state), state.byteCount)
        let last = state.largestTimestamp
        let isTrue = last.map { self.isTrue($0, state, in: file, below: end) } ?? true
        if !isTrue || isTooLow(last, for: file, below: end) { try rebuildIndexes(&state) }
    }

    /// The last entry of the time index below `timestamp`, if the batch that it names has its
    /// timestamp. An index that is wrong, or cannot be read, is rebuilt and asked again.
    func lastTimeEntry(
        below timestamp: Int64, in file: SegmentFile, below end: Int
    ) throws(LogError) -> TimeIndexEntry? {
        try state.withLock { (state) throws(LogError) in
            do throws(LogError) {
                let entry = try state.timeIndex.lastEntry { $0.timestamp < timestamp }
                guard let entry, state.isSealed else { return entry }
                if isTrue(entry, state, in: file, below: end) { return entry }
            } catch {
                // The rebuilt index answers, or rebuilding says what is wrong.
            }
            try rebuildIndexes(&state)
            return try state.timeIndex.lastEntry { $0.timestamp < timestamp }
        }
    }

    /// Whether the batch with the entry's offset has the entry's timestamp. Some versions of Kafka
    /// name the offset of the record, others the last one of its batch.
    private func isTrue(
        _ entry: TimeIndexEntry, _ state: borrowing State, in file: SegmentFile, below end: Int
    ) -> Bool {
        guard entry.relativeOffset >= 0 else { return false }
        let offset = baseOffset.advanced(by: Int64(entry.relativeOffset))
        do throws(LogError) {
            let indexed = try state.offsetIndex.lastEntry {
                $0.relativeOffset <= entry.relativeOffset
            }
            var start = 0
            if let indexed {
                guard let batch = batch(of: indexed, in: file, below: end) else { return false }
                start = batch.position
            }
            let found = try scan(file, from: start, to: end) { $0.lastOffset >= offset }
            guard let found, found.header.baseOffset <= offset else { return false }
            return try Self.credible(found.header, at: found.position, in: file).maxTimestamp
                == entry.timestamp
        } catch {
            return false
        }
    }

    /// Whether the last entry of a time index is below the time of the segment's first batch. Such
    /// an index was made from headers that were not checked.
    func isTooLow(
        _ last: TimeIndexEntry?, for file: SegmentFile, below end: Int
    ) -> Bool {
        guard let first = try? scan(file, from: 0, to: end, where: { _ in true })?.header else {
            return false
        }
        let least = first.hasCredibleMaxTimestamp ? first.maxTimestamp : first.baseTimestamp
        return least > last?.timestamp ?? -1
    }

    /// The header of the batch at `position`. Where its largest timestamp cannot be right, that of
    /// its records takes its place; where they cannot be decoded, that of the first record.
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
