/// The headers of a record, encoded once: a varint count, then the entries.
///
/// `RecordBatchBuilder.append` copies these bytes, so a caller that sends the same headers with
/// every record encodes them once. A value of fixed size can be overwritten in place
/// (`withUnsafeMutableBytes`, at its position in `valuePositions`).
public struct RecordHeaders: Hashable, Sendable {
    public private(set) var bytes: [UInt8]
    /// Where the value of each header stands in `bytes`.
    public let valuePositions: [Int]

    /// No headers: a count of zero.
    public static let empty = RecordHeaders([])

    /// A `nil` value is a null, which differs from an empty one.
    public init(_ headers: [(String, [UInt8]?)]) {
        var bytes: [UInt8] = []
        var valuePositions: [Int] = []
        Self.append(headers.count, to: &bytes)
        for (key, value) in headers {
            Self.append(key.utf8.count, to: &bytes)
            bytes.append(contentsOf: key.utf8)
            Self.append(value?.count ?? -1, to: &bytes)
            valuePositions.append(bytes.count)
            bytes.append(contentsOf: value ?? [])
        }
        self.bytes = bytes
        self.valuePositions = valuePositions
    }

    /// The headers of a record that was read, as `RecordBatchBuilder.append` takes them: their count before
    /// the entries.
    public static func bytes(entries: [UInt8], count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        append(count, to: &bytes)
        return bytes + entries
    }

    private static func append(_ value: Int, to bytes: inout [UInt8]) {
        var rest = Varint.zigZag(Int64(value))
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Access to the encoded bytes, to overwrite values; lengths must not change.
    public mutating func withUnsafeMutableBytes<Result>(
        _ body: (UnsafeMutableRawBufferPointer) -> Result
    ) -> Result {
        unsafe bytes.withUnsafeMutableBytes { unsafe body($0) }
    }
}
