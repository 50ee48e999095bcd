import CZlib
import Foundation
import Measurement

/// HdrHistogram's V2 compressed encoding: the one form in which its tools of every language, and
/// our own merge, exchange histograms without loss.
///
/// | position | inner, before zlib | |
/// |---|---|---|
/// | 0 | cookie u32 | 0x1c849313 |
/// | 4 | byte count of the counts i32 | |
/// | 8 | normalizing index offset i32 | 0 |
/// | 12 | significant digits i32 | 3 |
/// | 16 | lowest discernible value i64 | 1 |
/// | 24 | highest trackable value i64 | |
/// | 32 | integer to double conversion ratio f64 | 1.0 |
/// | 40 | counts, zig-zag LEB128; −n stands for n empty buckets | |
///
/// The outer form is cookie u32 0x1c849314, byte count i32, zlib stream; all integers big-endian.
enum HistogramEncoding {
    private static let innerCookie: UInt32 = 0x1C84_9313
    private static let outerCookie: UInt32 = 0x1C84_9314
    private static let headerByteCount = 40
    /// More than the counts of all 57 thousand buckets of 64 bits take, at nine bytes each.
    private static let innerByteLimit = 1 << 20

    // MARK: Encode

    static func encode(_ histogram: LatencyHistogram) throws(ReportingError) -> [UInt8] {
        var counts: [UInt8] = []
        var nextIndex = 0
        for bucket in histogram.recordedBuckets {
            let index = BucketLayout.index(of: bucket.lowestNanos)
            if index > nextIndex { ZigZag.append(-Int64(index - nextIndex), to: &counts) }
            ZigZag.append(Int64(clamping: bucket.count), to: &counts)
            nextIndex = index + 1
        }
        var inner: [UInt8] = []
        inner.reserveCapacity(headerByteCount + counts.count)
        inner.append(bigEndian: innerCookie)
        inner.append(bigEndian: UInt32(counts.count))
        inner.append(bigEndian: UInt32(0))
        inner.append(bigEndian: UInt32(BucketLayout.significantDigits))
        inner.append(bigEndian: UInt64(1))
        inner.append(bigEndian: UInt64(max(histogram.rangeNanos, 2)))
        inner.append(bigEndian: (1.0).bitPattern)
        inner += counts

        let compressed = try deflate(inner)
        var outer: [UInt8] = []
        outer.append(bigEndian: outerCookie)
        outer.append(bigEndian: UInt32(compressed.count))
        return outer + compressed
    }

    static func encodeBase64(_ histogram: LatencyHistogram) throws(ReportingError) -> String {
        Data(try encode(histogram)).base64EncodedString()
    }

    // MARK: Decode

    /// Reads a histogram that any implementation wrote with our precision. Values come back as
    /// those of their buckets, which is all that the encoding keeps.
    static func decode(_ bytes: [UInt8]) throws(ReportingError) -> LatencyHistogram {
        var outer = bytes[...]
        guard let cookie = outer.takeBigEndian(UInt32.self), cookie == outerCookie else {
            throw .unsupportedHistogram(reason: "not V2 compressed")
        }
        guard let count = outer.takeBigEndian(UInt32.self), Int(count) == outer.count else {
            throw .unsupportedHistogram(reason: "its length is not what it says")
        }
        var inner = try inflate(Array(outer))[...]
        guard inner.takeBigEndian(UInt32.self) == innerCookie,
            let countsByteCount = inner.takeBigEndian(UInt32.self),
            let normalizingOffset = inner.takeBigEndian(UInt32.self),
            let digits = inner.takeBigEndian(UInt32.self),
            let lowest = inner.takeBigEndian(UInt64.self),
            let highest = inner.takeBigEndian(UInt64.self),
            inner.takeBigEndian(UInt64.self) != nil, Int(countsByteCount) == inner.count
        else {
            throw .unsupportedHistogram(reason: "not the V2 encoding, or cut short")
        }
        guard digits == BucketLayout.significantDigits, lowest == 1, normalizingOffset == 0 else {
            throw .unsupportedHistogram(
                reason: "\(digits) significant digits from \(lowest), not 3 from 1")
        }
        // The range decides how much memory is taken, so it is not believed beyond an hour; what
        // was recorded grows it.
        let range = min(Int64(clamping: highest), LatencyHistogram.reservedRangeNanos)
        var histogram = LatencyHistogram(rangeNanos: range)
        try decodeCounts(inner, into: &histogram)
        return histogram
    }

    static func decodeBase64(_ text: some StringProtocol) throws(ReportingError) -> LatencyHistogram
    {
        guard let data = Data(base64Encoded: String(text)) else {
            throw .unsupportedHistogram(reason: "not base64")
        }
        return try decode(Array(data))
    }

    private static func decodeCounts(
        _ bytes: ArraySlice<UInt8>, into histogram: inout LatencyHistogram
    ) throws(ReportingError) {
        var bytes = bytes
        var index = 0
        var total: Int64 = 0
        while !bytes.isEmpty {
            guard let count = ZigZag.take(from: &bytes) else {
                throw .unsupportedHistogram(reason: "a count is cut short")
            }
            if count < 0 {
                let (next, overflow) = index.subtractingReportingOverflow(Int(count))
                guard !overflow else {
                    throw .unsupportedHistogram(reason: "more buckets than 64 bits have")
                }
                index = next
                continue
            }
            guard let lowest = BucketLayout.lowestValue(at: index) else {
                throw .unsupportedHistogram(reason: "more buckets than 64 bits have")
            }
            let (sum, overflow) = total.addingReportingOverflow(count)
            guard !overflow else {
                throw .unsupportedHistogram(reason: "more records than 64 bits count")
            }
            total = sum
            if count > 0 {
                let highest = lowest + (BucketLayout.width(at: lowest) - 1)
                histogram.record(highest, count: UInt64(count))
            }
            index += 1
        }
    }

    // MARK: zlib

    private static func deflate(_ bytes: [UInt8]) throws(ReportingError) -> [UInt8] {
        var length = compressBound(uLong(bytes.count))
        var output = [UInt8](repeating: 0, count: Int(length))
        let code = unsafe compress(&output, &length, bytes, uLong(bytes.count))
        guard code == Z_OK else { throw .zlib(code: code) }
        output.removeLast(output.count - Int(length))
        return output
    }

    private static func inflate(_ bytes: [UInt8]) throws(ReportingError) -> [UInt8] {
        var length = uLong(innerByteLimit)
        var output = [UInt8](repeating: 0, count: innerByteLimit)
        let code = unsafe uncompress(&output, &length, bytes, uLong(bytes.count))
        guard code == Z_OK else { throw .zlib(code: code) }
        output.removeLast(output.count - Int(length))
        return output
    }
}

extension [UInt8] {
    fileprivate mutating func append<Value: FixedWidthInteger>(bigEndian value: Value) {
        for shift in stride(from: Value.bitWidth - 8, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: value >> Value(shift)))
        }
    }
}

extension ArraySlice<UInt8> {
    fileprivate mutating func takeBigEndian<Value: FixedWidthInteger>(_: Value.Type) -> Value? {
        let byteCount = Value.bitWidth / 8
        guard count >= byteCount else { return nil }
        defer { removeFirst(byteCount) }
        return prefix(byteCount).reduce(0) { $0 << 8 | Value($1) }
    }
}
