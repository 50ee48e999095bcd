import CommitLog
import Foundation
import RecordFormat

extension LogListing.Topic {
    /// From the first to the last timestamp of its records, in milliseconds: those of the first and of the last
    /// batch of each partition. Nil if they have none, or only one. What cannot be read is left out.
    public var timeSpanMillis: Int64? {
        var (first, last) = (Int64.max, Int64.min)
        func count(_ header: RecordBatchHeader) {
            first = min(first, header.baseTimestamp)
            last = max(last, header.baseTimestamp, header.maxTimestamp)
        }
        let partitions = Dictionary(grouping: segments) { segment in
            URL(filePath: segment.path).deletingLastPathComponent().path
        }
        for segments in partitions.values {
            if let header = segments.lazy.compactMap(Self.first).first { count(header) }
            // The active segment may have no batch yet.
            if let header = segments.reversed().lazy.compactMap(Self.last).first { count(header) }
        }
        return last > first ? last - first : nil
    }

    /// So many batches at the start of a segment may be markers of transactions, whose time says nothing
    /// of records.
    private static let mostMarkers = 1_000

    private static func first(of segment: LogListing.Segment) -> RecordBatchHeader? {
        headers(of: segment, from: 0, most: mostMarkers).first(where: hasRecordTime)
    }

    /// Looks behind the last entry of the segment's index, and where no batch there has records behind the
    /// ones before it.
    private static func last(of segment: LogListing.Segment) -> RecordBatchHeader? {
        var end = segment.byteCount
        while true {
            let position = segment.batchPosition(before: end)
            let found = headers(of: segment, from: position, most: .max).last(where: hasRecordTime)
            if let found { return found }
            guard position > 0, position < end else { return nil }
            end = position - 1
        }
    }

    private static func hasRecordTime(_ header: RecordBatchHeader) -> Bool {
        !header.attributes.isControl && header.baseTimestamp >= 0
    }

    private static func headers(
        of segment: LogListing.Segment, from position: Int, most: Int
    ) -> [RecordBatchHeader] {
        var headers: [RecordBatchHeader] = []
        do {
            var dump = try SegmentDump(path: segment.path, from: position)
            while headers.count < most, case .batch(let batch)? = try dump.next() {
                headers.append(batch.header)
            }
        } catch {
            // Such a segment is named where its batches are read.
        }
        return headers
    }
}
