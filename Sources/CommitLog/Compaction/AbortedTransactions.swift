import RecordFormat

/// Which transactions of a log were aborted, as far as data of theirs is still there. Found out by
/// a walk over the headers, so that it depends on no index.
struct AbortedTransactions: Sendable {
    struct Transaction: Sendable, Equatable {
        /// Of the first batch that is still there.
        var firstOffset: Offset
        /// Of the marker.
        var lastOffset: Offset
    }

    /// In offset order.
    private var transactions: [ProducerID: [Transaction]] = [:]
    /// Where transactions began that are not decided yet.
    private var open: [ProducerID: Offset] = [:]

    /// Whether the batch, which holds data, belongs to an aborted transaction.
    func isAborted(_ header: RecordBatchHeader) -> Bool {
        guard header.attributes.isTransactional,
            let candidates = transactions[header.producerID]
        else { return false }
        let index = partitionPoint(candidates.count) {
            candidates[$0].lastOffset < header.baseOffset
        }
        return index < candidates.count && candidates[index].firstOffset <= header.baseOffset
    }

    /// Takes up the segment's data below `end`, and markers wherever they are: those of
    /// transactions that began below the last stable offset may stand above it. Segments come in
    /// offset order; true where no later one has anything to say. `progress` is called for each
    /// header.
    mutating func scan(
        _ segment: LogSegment, byteCount: Int, dataBelow end: Offset,
        progress: () throws(LogError) -> Void
    ) throws(LogError) -> Bool {
        let file = try segment.file()
        var scanner = SegmentScanner(
            file, from: 0, to: byteCount,
            chunkByteCount: SegmentScanner.recoveryChunkByteCount)
        var reader = RecordBatchReader()
        while true {
            let header: RecordBatchHeader?
            do throws(SegmentScanner.Fault) {
                header = try scanner.next()
            } catch {
                throw error.logError(segment.logPath, scanner.position)
            }
            guard let header else { return false }
            if header.baseOffset >= end, open.isEmpty { return true }
            try progress()
            guard header.attributes.isControl else {
                if header.baseOffset < end { didReadData(header) }
                continue
            }
            let position = scanner.position - header.sizeInBytes
            let bytes = try file.file.bytes(at: position, count: header.sizeInBytes)
            do throws(RecordFormatError) {
                let kind = try unsafe Self.kind(of: bytes.span.bytes, header, &reader)
                didReadMarker(header, kind)
            } catch {
                throw .corrupt(
                    path: segment.logPath, position: position, reason: error.description)
            }
        }
    }

    mutating func didReadData(_ header: RecordBatchHeader) {
        guard header.attributes.isTransactional, open[header.producerID] == nil else { return }
        open[header.producerID] = header.baseOffset
    }

    /// `kind` is nil for a marker that compaction has emptied.
    mutating func didReadMarker(_ header: RecordBatchHeader, _ kind: ControlRecord.Kind?) {
        let first = open.removeValue(forKey: header.producerID)
        guard kind == .abort, let first else { return }
        transactions[header.producerID, default: []].append(
            Transaction(firstOffset: first, lastOffset: header.lastOffset))
    }

    private static func kind(
        of batch: RawSpan, _ header: RecordBatchHeader, _ reader: inout RecordBatchReader
    ) throws(RecordFormatError) -> ControlRecord.Kind? {
        try reader.withRecords(of: batch, header: header, verifyChecksum: true) {
            (records) throws(RecordFormatError) in
            guard let record = try records.next() else { return nil }
            // Control records of other kinds end no transaction with data to be dropped.
            return try? ControlRecord(record, in: records.bytes).kind
        }
    }
}
