import RecordFormat

/// Decides record by record what of a log stays, and rewrites the batches that lose some: the rules
/// of Kafka's `Cleaner.cleanInto`.
///
/// - A record stays where none with its key has a later offset, or where it lies above the map.
/// - A tombstone moreover goes once its batch's delete horizon is over. The first cleaning that
///   keeps a tombstone sets it, `delete.retention.ms` ahead (KIP-534).
/// - Data of aborted transactions goes; a marker goes once no data of its transaction is left, and
///   the delete horizon that the cleaning sets which finds this out is over.
/// - Of a batch that loses all its records the header stays where it is its producer's last, or the
///   last of the log: so that the producer's sequences, and the offset of the next record, can be
///   read from the log alone (KAFKA-17076, KAFKA-20452).
///
/// Batches keep their offsets, sequences and codecs; a rewritten one has gaps.
/// Thread contract: one owner, which hands over the batches of a log in offset order, once.
@safe
final class BatchFilter {
    enum Verdict {
        /// The batch stays byte for byte.
        case original
        /// A batch with this header replaces it: `rewrittenBytes`.
        case rewritten(RecordBatchHeader)
        case dropped
    }

    /// What a producer wrote last: what the log must not forget.
    struct LastRecord {
        /// Nil where all that is left of the producer is a marker.
        var lastDataOffset: Offset?
        var epoch: ProducerEpoch
    }

    private let map: OffsetMap
    private let aborted: AbortedTransactions
    private let lastRecords: [ProducerID: LastRecord]
    /// A batch that ends here is the last that a power failure is sure to leave.
    private let durableEnd: Offset
    private let nowMs: Int64
    private let deleteRetentionMs: Int64
    /// The producers of whose current transaction a batch was seen.
    private var ongoing: Set<ProducerID> = []
    /// The offsets of the markers whose transactions still had data when they came by, as far as
    /// they are not forgotten.
    private(set) var markersWithData: Set<Offset> = []
    private var reader = RecordBatchReader()
    private var rewriter = RecordBatchRewriter()
    private(set) var keptRecordCount = 0
    /// The batch of the last verdict that was `rewritten`, valid until the next.
    private(set) var rewrittenBytes = unsafe UnsafeRawBufferPointer(start: nil, count: 0)

    init(
        map: consuming OffsetMap, aborted: AbortedTransactions,
        lastRecords: [ProducerID: LastRecord], durableEnd: Offset, nowMs: Int64,
        deleteRetentionMs: Int64
    ) {
        self.map = map
        self.aborted = aborted
        self.lastRecords = lastRecords
        self.durableEnd = durableEnd
        self.nowMs = nowMs
        self.deleteRetentionMs = deleteRetentionMs
    }

    /// Up to here, this one included, the map knows every record.
    var latestOffset: Offset { map.latestOffset }

    func forgetMarkers(below offset: Offset) {
        markersWithData = markersWithData.filter { $0 >= offset }
    }

    func verdict(
        _ bytes: RawSpan, _ header: RecordBatchHeader
    ) throws(RecordFormatError) -> Verdict {
        if header.lastOffset > map.latestOffset {
            if header.attributes.isControl { markersWithData.insert(header.baseOffset) }
            keptRecordCount += Int(header.recordCount)
            return .original
        }
        let isDiscardable = canDiscard(header)
        let isHorizonOver =
            header.attributes.hasDeleteHorizon && header.baseTimestamp <= nowMs
        let isControl = header.attributes.isControl
        let dropsAll = isControl ? isDiscardable && isHorizonOver : isDiscardable
        let keepsHeader = header.nextOffset == durableEnd || isLastOfProducer(header)
        if dropsAll {
            if !keepsHeader { return .dropped }
            return header.recordCount == 0 ? .original : try empty(header)
        }
        rewriter.reset()
        var survey = try filter(bytes, header, isHorizonOver, shiftMs: 0)
        if survey.keptCount == 0 {
            if !keepsHeader { return .dropped }
            return header.recordCount == 0 ? .original : try empty(header)
        }
        keptRecordCount += survey.keptCount
        let needsHorizon =
            !header.attributes.hasDeleteHorizon
            && (survey.hasTombstone || (isControl && isDiscardable))
        if survey.keptCount == Int(header.recordCount), !needsHorizon,
            header.hasCredibleMaxTimestamp
        {
            return .original
        }
        var rewritten = header
        if needsHorizon {
            let horizon = nowMs.addingReportingOverflow(deleteRetentionMs)
            rewritten.attributes.hasDeleteHorizon = true
            rewritten.baseTimestamp = horizon.overflow ? .max : horizon.partialValue
            // The records' times count from it now.
            rewriter.reset()
            survey = try filter(
                bytes, header, isHorizonOver,
                shiftMs: header.baseTimestamp &- rewritten.baseTimestamp)
        }
        if header.attributes.timestampType == .createTime {
            rewritten.maxTimestamp = survey.largestTimestamp
        }
        return try seal(rewritten, Compression(header.attributes.codec))
    }

    private struct Survey {
        var keptCount = 0
        var hasTombstone = false
        var largestTimestamp = Int64.min
    }

    /// Hands the records that stay to the rewriter, each `shiftMs` later after the base timestamp.
    private func filter(
        _ bytes: RawSpan, _ header: RecordBatchHeader, _ isHorizonOver: Bool, shiftMs: Int64
    ) throws(RecordFormatError) -> Survey {
        try reader.withRecords(of: bytes, header: header, verifyChecksum: false) {
            (records) throws(RecordFormatError) in
            var survey = Survey()
            while let record = try records.next() {
                guard
                    header.attributes.isControl
                        || stays(record, in: records.bytes, header, isHorizonOver)
                else { continue }
                rewriter.append(
                    record, of: records.bytes,
                    timestampDelta: record.timestampDelta &+ shiftMs)
                survey.keptCount += 1
                if !header.attributes.isControl, record.value.isNull { survey.hasTombstone = true }
                survey.largestTimestamp = max(
                    survey.largestTimestamp, header.baseTimestamp &+ record.timestampDelta)
            }
            return survey
        }
    }

    private func stays(
        _ record: Record, in bytes: RawSpan, _ header: RecordBatchHeader, _ isHorizonOver: Bool
    ) -> Bool {
        // Records without a key cannot be compacted, and new ones are refused.
        guard !record.key.isNull else { return false }
        if let latest = map.offset(of: bytes.bytes(of: record.key)),
            header.offset(of: record) < latest
        {
            return false
        }
        return !record.value.isNull || !isHorizonOver
    }

    /// Whether the batch is of no use: aborted data, or a marker without data before it.
    private func canDiscard(_ header: RecordBatchHeader) -> Bool {
        if header.attributes.isControl {
            let hasData = ongoing.remove(header.producerID) != nil
            if hasData { markersWithData.insert(header.baseOffset) }
            return !hasData
        }
        if header.attributes.isTransactional { ongoing.insert(header.producerID) }
        return aborted.isAborted(header)
    }

    private func isLastOfProducer(_ header: RecordBatchHeader) -> Bool {
        guard header.producerID.rawValue >= 0, let last = lastRecords[header.producerID] else {
            return false
        }
        if let offset = last.lastDataOffset { return header.lastOffset == offset }
        return header.attributes.isControl && header.producerEpoch == last.epoch
    }

    /// The batch without records: what says up to where a producer, or the log, had come.
    private func empty(_ header: RecordBatchHeader) throws(RecordFormatError) -> Verdict {
        var empty = header
        empty.attributes.hasDeleteHorizon = false
        empty.baseTimestamp = header.maxTimestamp
        rewriter.reset()
        return try seal(empty, .none)
    }

    private func seal(
        _ header: RecordBatchHeader, _ compression: Compression
    ) throws(RecordFormatError) -> Verdict {
        let batch = unsafe try rewriter.seal(header, compression: compression)
        unsafe rewrittenBytes = UnsafeRawBufferPointer(batch)
        return .rewritten(try unsafe RecordBatchHeader(RawSpan(_unsafeBytes: rewrittenBytes)))
    }
}
