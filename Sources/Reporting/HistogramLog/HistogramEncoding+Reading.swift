import CZlib
import Foundation
import Measurement

/// Reads histograms in every encoding that HdrHistogram has had, compressed or not.
///
/// The cookie identifies the encoding, without its bits 4 to 7: V0 0x1c849308, V1 0x1c849301, V2
/// 0x1c849303; each plus one is a length and a zlib stream of the encoding. All integers are
/// big-endian.
///
/// | V1 and V2 | V0 | |
/// |---|---|---|
/// | 0 | 0 | cookie u32 |
/// | 4 | | byte count of the counts i32 |
/// | 8 | | normalizing index offset i32, of no matter here: counts stand in the order of values |
/// | 12 | 4 | significant digits i32 |
/// | 16 | 8 | lowest discernible value i64 |
/// | 24 | 16 | highest trackable value i64 |
/// | 32 | | integer to double conversion ratio f64 |
/// | | 24 | total count i64 |
/// | 40 | 32 | counts |
///
/// V2 has its counts as zig-zag LEB128, where −n stands for n empty buckets. V0 and V1 have each as a
/// word, of as many bytes as bits 4 to 7 of the cookie say.
extension HistogramEncoding {
    /// How the counts of an encoding are written.
    private enum Counts {
        case zigZag
        case words(byteCount: Int)
    }

    /// Five digits take 7 million counts of eight bytes in V1.
    private static let encodedByteLimit = 64 << 20

    /// Reads a histogram. Values are the highest of their buckets, since the encoding keeps no
    /// more; digits beyond ours are lost.
    static func decode(_ bytes: [UInt8]) throws(ReportingError) -> LatencyHistogram {
        var rest = bytes[...]
        guard let cookie = rest.takeBigEndian(UInt32.self) else {
            throw .unsupportedHistogram(reason: "it has no cookie")
        }
        switch cookie & ~0xF0 {
        case 0x1C84_9302, 0x1C84_9304, 0x1C84_9309:
            guard let count = rest.takeBigEndian(UInt32.self), Int(count) == rest.count else {
                throw .unsupportedHistogram(reason: "its length is wrong")
            }
            var inner = try inflate(Array(rest))[...]
            let base = cookie & ~0xF0 - 1
            guard let cookie = inner.takeBigEndian(UInt32.self), cookie & ~0xF0 == base else {
                throw .unsupportedHistogram(reason: "the compressed bytes are not a histogram")
            }
            return try decode(inner, cookie)
        case 0x1C84_9301, 0x1C84_9303, 0x1C84_9308: return try decode(rest, cookie)
        // The cookies of `DoubleHistogram`: 0x0C72124C to F, and two of an older form.
        case 0x0C72_120C...0x0C72_120F, 0x0C72_140C, 0x0C72_140D:
            throw .unsupportedHistogram(
                reason: "it counts floating-point values, which are not supported")
        default:
            throw .unsupportedHistogram(
                reason: "its cookie is none of HdrHistogram's: 0x"
                    + String(cookie, radix: 16))
        }
    }

    static func decodeBase64(_ text: some StringProtocol) throws(ReportingError) -> LatencyHistogram
    {
        guard let data = Data(base64Encoded: String(text)) else {
            throw .unsupportedHistogram(reason: "not base64")
        }
        return try decode(Array(data))
    }

    /// - Parameter bytes: what follows the cookie.
    private static func decode(
        _ bytes: ArraySlice<UInt8>, _ cookie: UInt32
    ) throws(ReportingError) -> LatencyHistogram {
        var rest = bytes
        let isV0 = cookie & ~0xF0 == 0x1C84_9308
        let wordByteCount = Int(cookie >> 4 & 0xE)
        let counts: Counts =
            cookie & ~0xF0 == 0x1C84_9303 ? .zigZag : .words(byteCount: wordByteCount)
        if case .words(let byteCount) = counts, ![2, 4, 8].contains(byteCount) {
            throw .unsupportedHistogram(reason: "counts of \(byteCount) bytes")
        }
        let countsByteCount = isV0 ? nil : rest.takeBigEndian(UInt32.self)
        if !isV0, rest.takeBigEndian(UInt32.self) == nil { throw cutShort }
        guard let digits = rest.takeBigEndian(UInt32.self),
            let lowest = rest.takeBigEndian(UInt64.self),
            let highest = rest.takeBigEndian(UInt64.self),
            rest.takeBigEndian(UInt64.self) != nil,
            isV0 || countsByteCount.map({ Int($0) == rest.count }) == true
        else { throw cutShort }
        guard let buckets = EncodedBuckets(significantDigits: digits, lowestDiscernible: lowest)
        else {
            throw .unsupportedHistogram(
                reason:
                    "\(digits) significant digits from \(lowest), which HdrHistogram does not allow"
            )
        }
        // The range decides how much memory is allocated, so it is not trusted beyond an hour;
        // recorded values extend it.
        let range = min(Int64(clamping: highest), LatencyHistogram.reservedRangeNanos)
        var histogram = LatencyHistogram(rangeNanos: range)
        try take(counts, from: rest, of: buckets, into: &histogram)
        return histogram
    }

    private static let cutShort = ReportingError.unsupportedHistogram(
        reason: "not one of HdrHistogram's encodings, or cut short")

    private static func take(
        _ counts: Counts, from bytes: ArraySlice<UInt8>, of buckets: EncodedBuckets,
        into histogram: inout LatencyHistogram
    ) throws(ReportingError) {
        var bytes = bytes
        var index = 0
        var total: Int64 = 0
        while !bytes.isEmpty {
            guard let count = next(counts, from: &bytes) else {
                throw .unsupportedHistogram(reason: "a count is cut short")
            }
            if count < 0 {
                guard case .zigZag = counts else {
                    throw .unsupportedHistogram(reason: "a count below 0")
                }
                let (next, overflow) = index.subtractingReportingOverflow(Int(count))
                guard !overflow else { throw tooMany }
                index = next
                continue
            }
            let (sum, overflow) = total.addingReportingOverflow(count)
            guard !overflow else {
                throw .unsupportedHistogram(reason: "more records than 64 bits count")
            }
            total = sum
            guard let highest = buckets.highestValue(at: index) else {
                // V0 and V1 may end in zeros for buckets beyond the largest value.
                guard count == 0, case .words = counts else { throw tooMany }
                index += 1
                continue
            }
            // The lowest index holds the values of clocks that disagree, in a log of ours.
            if count > 0 { histogram.record(highest, count: UInt64(count)) }
            index += 1
        }
    }

    private static let tooMany = ReportingError.unsupportedHistogram(
        reason: "more buckets than 64 bits have")

    private static func next(_ counts: Counts, from bytes: inout ArraySlice<UInt8>) -> Int64? {
        switch counts {
        case .zigZag: ZigZag.take(from: &bytes)
        case .words(byteCount: 2):
            bytes.takeBigEndian(UInt16.self).map { Int64(Int16(bitPattern: $0)) }
        case .words(byteCount: 4):
            bytes.takeBigEndian(UInt32.self).map { Int64(Int32(bitPattern: $0)) }
        case .words: bytes.takeBigEndian(UInt64.self).map { Int64(bitPattern: $0) }
        }
    }

    /// Most histograms are small, so memory grows as it is needed.
    private static func inflate(_ bytes: [UInt8]) throws(ReportingError) -> [UInt8] {
        var room = 1 << 20
        while true {
            var length = uLong(room)
            var output = [UInt8](repeating: 0, count: room)
            let code = unsafe uncompress(&output, &length, bytes, uLong(bytes.count))
            if code == Z_BUF_ERROR, room < encodedByteLimit {
                room *= 4
                continue
            }
            guard code == Z_OK else { throw .zlib(code: code) }
            output.removeLast(output.count - Int(length))
            return output
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
