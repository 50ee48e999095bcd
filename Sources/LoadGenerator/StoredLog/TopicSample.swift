import CommitLog
import Measurement
import RecordFormat

/// A sample of a topic's stored batches, spread evenly over its partitions and their time.
///
/// Stretches of equal length at equal distances in all segments, laid end to end; each begins with the
/// batch at or before its place, by the segment's index. The segments are read as they are, without a
/// lock.
public struct TopicSample: Sendable {
    public let topic: LogListing.Topic
    public private(set) var batches = StoredBatches()
    /// Of the sample, or of all segments if they were read.
    public private(set) var census = StoredCensus()
    /// Whether the sample is all that is stored.
    public private(set) var isWhole = false
    /// The share of the topic's bytes that the sample has.
    public var share: Double {
        isWhole ? 1 : min(Double(batches.storedByteCount) / Double(max(topic.byteCount, 1)), 1)
    }

    private static let stretchCount = 32
    /// Decompressed; a sample of a larger topic ends there.
    private static let largestByteCount = 32 << 20

    /// Reads a sample.
    /// - Throws: if a file cannot be read; damage is counted instead.
    public init(of topic: LogListing.Topic) throws(LogError) {
        self.topic = topic
        var reader = RecordBatchReader(maximumByteCount: Self.largestByteCount)
        if topic.byteCount <= Self.largestByteCount / 4 {
            isWhole = try readAll(&reader)
            if isWhole { return }
            // What is small on the disk is large when it is decompressed.
            (batches, census) = (StoredBatches(), StoredCensus())
        }
        try readStretches(&reader)
    }

    /// - Returns: false if it ended at the limit, before the end of the topic.
    private mutating func readAll(_ reader: inout RecordBatchReader) throws(LogError) -> Bool {
        var left = Self.largestByteCount
        for segment in topic.segments {
            guard left > 0 else { return false }
            let end = try read(segment, from: 0, left: &left, &reader)
            guard left > 0 || end == segment.byteCount else { return false }
        }
        return true
    }

    private mutating func readStretches(_ reader: inout RecordBatchReader) throws(LogError) {
        let all = topic.byteCount
        var room = Self.largestByteCount
        var (place, start) = (0, 0)
        // Where the stretch before ended in its segment: none is read twice.
        var end = 0
        for stretch in 0..<Self.stretchCount where room > 0 {
            let target = Int(
                Int128(all) * Int128(2 * stretch + 1) / Int128(2 * Self.stretchCount))
            while target >= start + topic.segments[place].byteCount {
                start += topic.segments[place].byteCount
                place += 1
                end = 0
            }
            let segment = topic.segments[place]
            let position = max(segment.batchPosition(before: target - start), end)
            var left = Self.largestByteCount / Self.stretchCount
            let length = left
            end = try read(segment, from: position, left: &left, &reader)
            room -= length - left
        }
    }

    /// Counts all batches of the topic in place of the sample's.
    /// - Parameter progress: told the bytes of each segment that was read; returns whether to go on.
    public mutating func countAll(
        progress: (Int) -> Bool
    ) throws(LogError) {
        var reader = RecordBatchReader()
        var census = StoredCensus()
        for segment in topic.segments {
            _ = try Self.visit(segment, from: 0, &reader, &census) { _, _ in true }
            guard progress(segment.byteCount) else { return }
        }
        self.census = census
    }

    /// - Parameter left: of decompressed bytes, after which it ends.
    /// - Returns: where it ended.
    private mutating func read(
        _ segment: LogListing.Segment, from position: Int, left: inout Int,
        _ reader: inout RecordBatchReader
    ) throws(LogError) -> Int {
        batches.beginStretch()
        let batches = self.batches
        var rest = left
        defer { left = rest }
        return try Self.visit(segment, from: position, &reader, &census) {
            records, header throws(RecordFormatError) in
            try batches.add(records, header)
            rest -= records.byteCount
            return rest > 0
        }
    }

    /// Calls `body` with the decompressed records of each batch that can be decoded, until it says no.
    /// - Returns: where the next batch begins.
    private static func visit(
        _ segment: LogListing.Segment, from position: Int, _ reader: inout RecordBatchReader,
        _ census: inout StoredCensus,
        _ body: (RawSpan, RecordBatchHeader) throws(RecordFormatError) -> Bool
    ) throws(LogError) -> Int {
        var dump = try SegmentDump(path: segment.path, from: position)
        while let entry = try dump.next() {
            switch entry {
            case .unused: return segment.byteCount
            case .damage(let position, _, let reason):
                census.count(faultAt: position, of: segment.path, reason)
                return segment.byteCount
            case .batch(let batch):
                if batch.header.attributes.isControl {
                    census.countControl()
                    continue
                }
                let bytes = try dump.bytes(of: batch)
                do throws(RecordFormatError) {
                    let goesOn = try reader.withRecords(
                        of: unsafe bytes.span.bytes, header: batch.header, verifyChecksum: true
                    ) { (iterator: inout RecordIterator) throws(RecordFormatError) -> Bool in
                        try body(iterator.bytes, batch.header)
                    }
                    census.count(batch.header)
                    if !goesOn { return dump.position }
                } catch {
                    census.count(faultAt: batch.position, of: segment.path, "\(error)")
                }
            }
        }
        return segment.byteCount
    }

    /// How far the interval of 95 % reaches to either side of what is stored with another codec ÷ what is
    /// stored now, as a share of it, since only a sample was read: by zstd:1, which compresses all of it.
    /// Nil if there are too few stretches to tell.
    public func samplingReach(of result: CodecPass.Result) -> Double? {
        guard !isWhole else { return 0 }
        let weights = result.weights
        let starts = batches.stretchStarts
        var ratio = RatioOfSums()
        for (start, end) in zip(starts, starts.dropFirst() + [batches.batchCount])
        where end > start && end <= weights.count {
            let stored = batches.storedByteCounts[start..<end].reduce(0, +)
            let other = weights[start..<end].reduce(0) { $0 + Int($1) }
            ratio.add(Double(other), over: Double(stored))
        }
        // Of what was not read.
        return ratio.relativeReach().map { $0 * (1 - share).squareRoot() }
    }
}
