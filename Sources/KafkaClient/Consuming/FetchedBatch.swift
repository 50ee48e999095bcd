import RecordFormat

/// One whole batch in the bytes of a fetch.
public struct FetchedBatch: Hashable, Sendable {
    public let header: RecordBatchHeader
    /// The place of the batch, header included, in the bytes that it came in.
    public let bytes: Range<Int>
}

/// The batches that one partition's part of a response has for a position.
struct FetchedRun: Hashable, Sendable {
    /// Those with records for the application: none of control, of aborted transactions, emptied by
    /// compaction, or below the position.
    var batches: [FetchedBatch] = []
    /// The position behind everything that was read, also what the application does not get.
    var nextOffset: Offset
    /// Of the last batch that was read.
    var leaderEpoch = LeaderEpoch.none
    /// What was read, including what the application does not get.
    var byteCount = 0

    /// Walks the batches from `position` on in `range` of `frame`. A last batch that is not whole
    /// is left out: brokers cut what they send at a number of bytes.
    ///
    /// - Parameter aborted: nil where uncommitted records are read, too.
    /// - Throws: `corruptBatch` where the first one for the position is damaged; `recordTooLarge`
    ///   where the bytes do not hold one whole batch.
    init(
        _ frame: RawSpan, range: Range<Int>, of partition: TopicPartition, from position: Offset,
        aborted: AbortedTransactions?, checksCRCs: Bool
    ) throws(ConsumerError) {
        nextOffset = position
        var aborted = aborted
        var place = range.lowerBound
        while range.upperBound - place >= RecordBatchHeader.byteCount {
            let rest = frame.extracting(place..<range.upperBound)
            do throws(RecordFormatError) {
                let header = try RecordBatchHeader(rest)
                guard header.sizeInBytes <= rest.byteCount else {
                    guard place > range.lowerBound else {
                        throw .truncated(needed: header.sizeInBytes, available: rest.byteCount)
                    }
                    return
                }
                if checksCRCs {
                    try RecordBatchHeader.validateChecksum(of: rest, header: header)
                }
                let marker = try Self.marker(of: header, in: rest)
                let isHidden =
                    aborted?.hides(header, marker: marker) ?? header.attributes.isControl
                let end = place + header.sizeInBytes
                if header.lastOffset >= nextOffset {
                    if !isHidden, header.recordCount > 0 {
                        batches.append(FetchedBatch(header: header, bytes: place..<end))
                    }
                    nextOffset = header.nextOffset
                    leaderEpoch = header.partitionLeaderEpoch
                }
                byteCount += header.sizeInBytes
                place = end
            } catch {
                // What came before is good; the next fetch begins here.
                if nextOffset > position { return }
                if case .truncated(let needed, _) = error, place == range.lowerBound {
                    throw .recordTooLarge(partition, position, byteCount: needed)
                }
                throw .corruptBatch(partition, nextOffset, error)
            }
        }
        if range.isEmpty || place > range.lowerBound { return }
        throw .recordTooLarge(partition, position, byteCount: range.count)
    }

    /// What a control batch says of its producer's transaction; other kinds of control records say
    /// nothing.
    private static func marker(
        of header: RecordBatchHeader, in batch: RawSpan
    ) throws(RecordFormatError) -> ControlRecord.Kind? {
        // Brokers write markers uncompressed.
        guard header.attributes.isControl, header.attributes.codec == .none else { return nil }
        let payload = batch.extracting(RecordBatchHeader.byteCount..<header.sizeInBytes)
        var records = RecordIterator(payload, count: Int(header.recordCount))
        guard let record = try records.next() else { return nil }
        return try? ControlRecord(record, in: payload).kind
    }
}
