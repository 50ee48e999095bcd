public import RecordFormat
import Synchronization

/// Looking up offsets by time, as Kafka's ListOffsets does. Decodes the records of one batch.
extension PartitionLog {
    /// The first record whose timestamp is at least `timestamp` milliseconds; nil where there is
    /// none.
    public func offset(
        forTimestamp timestamp: Int64
    ) throws(LogError) -> (offset: Offset, timestamp: Int64)? {
        try retryingWhereReplaced { () throws(LogError) in try findOffset(timestamp) }
    }

    private func findOffset(
        _ timestamp: Int64
    ) throws(LogError) -> (offset: Offset, timestamp: Int64)? {
        let logStart = logStartOffset
        for extent in try extents(from: logStart) {
            guard try extent.segment.largestTimestamp().timestamp >= timestamp else { continue }
            let file = try extent.segment.file()
            var position = try extent.segment.position(
                before: timestamp, notBelow: logStart, in: file, end: extent.byteCount)
            while let batch = try extent.segment.scan(
                file, from: position, to: extent.byteCount,
                where: {
                    ($0.maxTimestamp >= timestamp || !$0.hasCredibleMaxTimestamp)
                        && $0.lastOffset >= logStart
                })
            {
                let found = try firstRecord(of: batch, in: file) {
                    $1 >= timestamp && $0 >= logStart
                }
                if let found { return found }
                // The batch's largest timestamp may be that of a record below the log start offset,
                // or not be known before its records are read.
                position = batch.position + batch.header.sizeInBytes
            }
        }
        return nil
    }

    /// The first record that has the largest timestamp of the log; nil for an empty log.
    public func offsetOfMaxTimestamp() throws(LogError) -> (offset: Offset, timestamp: Int64)? {
        try retryingWhereReplaced { () throws(LogError) in try findMaxTimestamp() }
    }

    private func findMaxTimestamp() throws(LogError) -> (offset: Offset, timestamp: Int64)? {
        var largest: (extent: Extent, timestamp: Int64, offset: Offset)?
        for extent in try extents(from: logStartOffset) where extent.byteCount > 0 {
            let candidate = try extent.segment.largestTimestamp()
            if candidate.timestamp > largest?.timestamp ?? -1 {
                largest = (extent, candidate.timestamp, candidate.offset)
            }
        }
        guard let largest else { return nil }
        let file = try largest.extent.segment.file()
        let batch = try largest.extent.segment.firstBatch(
            endingAtOrAfter: largest.offset, in: file, below: largest.extent.byteCount)
        guard let batch else { return nil }
        let timestamp = try LogSegment.credible(batch.header, at: batch.position, in: file)
            .maxTimestamp
        return try firstRecord(of: batch, in: file) { $1 == timestamp }
    }

    /// The published parts of all segments from the one with `offset` on.
    private func extents(from offset: Offset) throws(LogError) -> [Extent] {
        var extents: [Extent] = []
        var next = offset
        while let extent = try extent(of: next) {
            extents.append(extent)
            next = extent.nextOffset
        }
        return extents
    }

    /// A batch that is stored as its producer sent it, and cannot be decoded, is found as a whole:
    /// by its first offset and largest timestamp.
    private func firstRecord(
        of batch: LogSegment.Location, in file: SegmentFile,
        where isWanted: (Offset, Int64) -> Bool
    ) throws(LogError) -> (offset: Offset, timestamp: Int64)? {
        let header = batch.header
        let bytes = try file.file.bytes(at: batch.position, count: header.sizeInBytes)
        var reader = RecordBatchReader()
        var isIntact = false
        do throws(RecordFormatError) {
            try unsafe RecordBatchHeader.validateChecksum(of: bytes.span.bytes, header: header)
            isIntact = true
            return try unsafe reader.withRecords(
                of: bytes.span.bytes, header: header, verifyChecksum: false
            ) { (records) throws(RecordFormatError) in
                while let record = try records.next() {
                    let offset = header.baseOffset.advanced(by: Int64(record.offsetDelta))
                    let timestamp =
                        header.attributes.timestampType == .logAppendTime
                        ? header.maxTimestamp : header.baseTimestamp &+ record.timestampDelta
                    if isWanted(offset, timestamp) { return (offset, timestamp) }
                }
                return nil
            }
        } catch {
            if isIntact {
                let offset = max(header.baseOffset, logStartOffset)
                return isWanted(offset, header.maxTimestamp) ? (offset, header.maxTimestamp) : nil
            }
            throw .corrupt(
                path: file.file.path, position: batch.position, reason: error.description)
        }
    }
}

extension LogSegment {
    /// A batch boundary at or before the first batch with a timestamp of at least `timestamp` that
    /// ends at or after `offset`.
    fileprivate func position(
        before timestamp: Int64, notBelow offset: Offset, in file: SegmentFile, end: Int
    ) throws(LogError) -> Int {
        // No batch up to that of an entry has a larger timestamp than the entry. So the search
        // begins behind the last entry that is below `timestamp`.
        let entry = try lastTimeEntry(below: timestamp, in: file, below: end)
        let indexed = entry.map { baseOffset.advanced(by: Int64($0.relativeOffset)) } ?? baseOffset
        return try startingPosition(for: max(indexed, offset), in: file, below: end)
    }
}
