/// What a push of metrics has, in brief: how many metrics, and the names of the first. It is OpenTelemetry's
/// `MetricsData` in protobuf, of which only the fields on the way to the names are looked at.
struct MetricsSummary: Equatable, Sendable {
    var metricCount = 0
    var names: [String] = []

    static let maximumNames = 20
    private static let longestName = 128
    private static let maximumMetrics = 10_000

    /// Nil where the bytes are no such message.
    init?(_ bytes: RawSpan) {
        // MetricsData.resource_metrics, ResourceMetrics.scope_metrics, ScopeMetrics.metrics, Metric.name.
        guard collect(bytes, 0..<bytes.byteCount, path: [1, 2, 2, 1]) else { return nil }
    }

    private mutating func collect(
        _ bytes: RawSpan, _ range: Range<Int>, path: ArraySlice<UInt64>
    ) -> Bool {
        var reader = ProtobufReader(position: range.lowerBound, end: range.upperBound)
        while reader.position < reader.end {
            guard let field = reader.next(bytes) else { return false }
            guard field.number == path.first, let part = field.bytes else { continue }
            if path.count > 1 {
                if path.count == 2 {
                    metricCount += 1
                    guard metricCount <= Self.maximumMetrics else { return true }
                }
                guard collect(bytes, part, path: path.dropFirst()) else { return false }
            } else if names.count < Self.maximumNames {
                let shown = part.prefix(Self.longestName)
                names.append(
                    unsafe bytes.extracting(shown).withUnsafeBytes {
                        unsafe String(decoding: $0, as: UTF8.self)
                    })
            }
        }
        return true
    }
}

/// The fields of one message of protobuf, one after the other.
private struct ProtobufReader {
    var position: Int
    let end: Int

    struct Field {
        var number: UInt64
        /// Of a field that has bytes.
        var bytes: Range<Int>?
    }

    /// Nil where the bytes end within a field, or have a type that there is not.
    mutating func next(_ bytes: RawSpan) -> Field? {
        guard let tag = varint(bytes) else { return nil }
        switch tag & 7 {
        case 0: return varint(bytes) == nil ? nil : Field(number: tag >> 3)
        case 1: return skip(8) ? Field(number: tag >> 3) : nil
        case 5: return skip(4) ? Field(number: tag >> 3) : nil
        case 2:
            guard let length = varint(bytes), length <= UInt64(end - position) else { return nil }
            let start = position
            position += Int(length)
            return Field(number: tag >> 3, bytes: start..<position)
        default: return nil
        }
    }

    private mutating func skip(_ count: Int) -> Bool {
        guard end - position >= count else { return false }
        position += count
        return true
    }

    private mutating func varint(_ bytes: RawSpan) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard position < end else { return nil }
            let byte = unsafe bytes.unsafeLoad(fromByteOffset: position, as: UInt8.self)
            position += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }
}
