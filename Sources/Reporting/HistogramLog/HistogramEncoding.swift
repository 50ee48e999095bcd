import CZlib
import Foundation
import Measurement

/// HdrHistogram's V2 compressed encoding, in which its tools of every language and our merge
/// exchange histograms without loss. `HistogramEncoding+Reading` reads the others.
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

    // MARK: zlib

    private static func deflate(_ bytes: [UInt8]) throws(ReportingError) -> [UInt8] {
        var length = compressBound(uLong(bytes.count))
        var output = [UInt8](repeating: 0, count: Int(length))
        let code = unsafe compress(&output, &length, bytes, uLong(bytes.count))
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
