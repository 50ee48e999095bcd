import KafkaProtocol
import NIOCore
import RecordFormat

/// Records that a member of a share group has for itself until their lock ends.
public struct AcquiredRange: Hashable, Sendable {
    public let offsets: OffsetRanges.Range
    /// 1 for the first delivery to the group.
    public let deliveryCount: Int16
}

/// What one share fetch has given of one partition: whole batches, in place in the bytes of the response, of
/// which the records in `acquired` are the member's. The others are somebody else's, or acknowledged.
public struct ShareRecords: Sendable {
    public let partition: TopicPartition
    /// In order, without overlap. Offsets without a record are left out, as far as that shows without
    /// decoding batches: the client has acknowledged them.
    public let acquired: [AcquiredRange]
    public let batches: [FetchedBatch]
    /// How long the records are the member's, from when they were given; 0 where the broker does not say.
    public let lockTimeoutMs: Int32
    let bytes: ByteBuffer
    /// Which broker gave them, and takes their acknowledgement.
    let broker: Int32

    /// Bytes of the batches.
    public var byteCount: Int { batches.reduce(0) { $0 + $1.bytes.count } }

    /// Calls `body` with each batch that has records for the member, and the ranges of its offsets that are the
    /// member's, each with its delivery count. A range ends with its batch.
    public func forEachBatch<Failure: Error>(
        _ body: (RecordBatchHeader, RawSpan, [AcquiredRange]) throws(Failure) -> Void
    ) throws(Failure) {
        let frame = bytes.readableBytesSpan
        var place = 0
        for batch in batches {
            while place < acquired.count,
                acquired[place].offsets.upperBound < batch.header.baseOffset
            {
                place += 1
            }
            let own = Self.ranges(acquired[place...], in: batch.header)
            if !own.isEmpty { try body(batch.header, frame.extracting(batch.bytes), own) }
        }
    }

    /// - Parameter acquired: in order; those before the batch are left out.
    static func ranges(
        _ acquired: some Sequence<AcquiredRange>, in header: RecordBatchHeader
    ) -> [AcquiredRange] {
        let whole = header.baseOffset...header.lastOffset
        var own: [AcquiredRange] = []
        for range in acquired {
            guard range.offsets.lowerBound <= whole.upperBound else { break }
            guard range.offsets.overlaps(whole) else { continue }
            own.append(
                AcquiredRange(
                    offsets: range.offsets.clamped(to: whole), deliveryCount: range.deliveryCount))
        }
        return own
    }
}

/// What the bytes of one partition's part of a share fetch hold of the records that the member has acquired.
struct SharedRun: Sendable {
    /// Those with records for the application.
    private(set) var batches: [FetchedBatch] = []
    /// Of the acquired records those in `batches`.
    private(set) var acquired: [AcquiredRange] = []
    /// What the client says by itself: offsets without records, and records that it cannot hand out.
    private(set) var acknowledgements = Acknowledgements()
    /// A batch that cannot be handed out.
    private(set) var fault: ConsumerError?

    /// - Throws: `invalidAcquisition` where the ranges make no sense.
    init(
        _ frame: RawSpan, range: Range<Int>, of partition: TopicPartition,
        acquired wire: [ShareFetchResponse.AcquiredRecords], checksCRCs: Bool
    ) throws(ConsumerError) {
        var previous = Offset(-1)
        var open = OffsetRanges()
        var ranges: [AcquiredRange] = []
        for one in wire {
            guard one.firstOffset > previous, one.firstOffset <= one.lastOffset,
                one.lastOffset.rawValue < .max
            else { throw .invalidAcquisition(partition) }
            previous = one.lastOffset
            let offsets = one.firstOffset...one.lastOffset
            ranges.append(AcquiredRange(offsets: offsets, deliveryCount: one.deliveryCount))
            open.insert(offsets)
        }
        var place = range.lowerBound
        var next = 0
        var lastOffset = Offset(-1)
        while !open.isEmpty, range.upperBound - place >= RecordBatchHeader.byteCount {
            let rest = frame.extracting(place..<range.upperBound)
            let header: RecordBatchHeader
            do throws(RecordFormatError) {
                header = try RecordBatchHeader(rest)
                guard header.sizeInBytes <= rest.byteCount else {
                    throw .truncated(needed: header.sizeInBytes, available: rest.byteCount)
                }
            } catch {
                // Where the next batch begins is not known: others may have more luck with what is left.
                acknowledge(open, .release)
                if case .truncated = error, place > range.lowerBound { return }
                fault = .corruptBatch(partition, open.ranges.first?.lowerBound ?? .zero, error)
                return
            }
            // One that came before would be handed out twice.
            guard header.baseOffset > lastOffset else { throw .invalidAcquisition(partition) }
            lastOffset = header.lastOffset
            while next < ranges.count, ranges[next].offsets.upperBound < header.baseOffset {
                next += 1
            }
            let end = place + header.sizeInBytes
            take(
                FetchedBatch(header: header, bytes: place..<end),
                ShareRecords.ranges(ranges[next...], in: header), rest, of: partition,
                checksCRCs: checksCRCs, &open)
            place = end
        }
        // Batches that are cut off, as brokers may; else there are no records at these offsets.
        acknowledge(open, place < range.upperBound ? .release : .gap)
    }

    private mutating func take(
        _ batch: FetchedBatch, _ own: [AcquiredRange], _ bytes: RawSpan,
        of partition: TopicPartition,
        checksCRCs: Bool, _ open: inout OffsetRanges
    ) {
        guard !own.isEmpty else { return }
        for range in own { open.remove(range.offsets) }
        guard !batch.header.attributes.isControl, batch.header.recordCount > 0 else {
            for range in own { acknowledgements.set(range.offsets, .gap) }
            return
        }
        if checksCRCs {
            do throws(RecordFormatError) {
                try RecordBatchHeader.validateChecksum(of: bytes, header: batch.header)
            } catch {
                // Nobody could read it.
                for range in own { acknowledgements.set(range.offsets, .reject) }
                fault = fault ?? .corruptBatch(partition, batch.header.baseOffset, error)
                return
            }
        }
        batches.append(batch)
        acquired += own
    }

    private mutating func acknowledge(_ open: OffsetRanges, _ type: AcknowledgeType) {
        for range in open.ranges { acknowledgements.set(range, type) }
    }
}
