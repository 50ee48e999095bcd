import CommitLog
import Foundation
import RecordFormat

extension LogListing.Topic {
    /// From the first to the last timestamp of its records, in milliseconds: those of the first and of the last
    /// batch of each partition. Nil if they have none, or only one. What cannot be read is left out.
    public var timeSpanMillis: Int64? {
        var (first, last) = (Int64.max, Int64.min)
        func count(_ header: RecordBatchHeader) {
            guard !header.attributes.isControl, header.baseTimestamp >= 0 else { return }
            first = min(first, header.baseTimestamp)
            last = max(last, header.baseTimestamp, header.maxTimestamp)
        }
        let partitions = Dictionary(grouping: segments) { segment in
            URL(filePath: segment.path).deletingLastPathComponent().path
        }
        for segments in partitions.values {
            if let segment = segments.first, let header = Self.headers(of: segment, from: 0).first {
                count(header)
            }
            // The active segment may have no batch yet.
            for segment in segments.reversed() {
                let position = segment.batchPosition(before: segment.byteCount)
                if let header = Self.headers(of: segment, from: position, most: .max).last {
                    count(header)
                    break
                }
            }
        }
        return last > first ? last - first : nil
    }

    private static func headers(
        of segment: LogListing.Segment, from position: Int, most: Int = 1
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
