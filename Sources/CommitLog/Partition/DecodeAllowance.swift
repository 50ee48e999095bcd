/// How many bytes of decompressed records a caller grants to the batches that it appends, all of them
/// together.
///
/// A batch that would need more throws `AppendError.beyondAllowance` and is not appended. Uncompressed
/// batches take nothing. What was decoded counts whether or not the batch was appended.
/// Thread contract: a value.
public struct DecodeAllowance: Sendable {
    /// So many bytes may still be decoded.
    public private(set) var byteCount: Int

    public static let unbounded = DecodeAllowance(byteCount: .max)

    public init(byteCount: Int) { self.byteCount = byteCount }

    /// So many bytes were decoded.
    public mutating func take(_ decodedByteCount: Int) {
        byteCount -= min(byteCount, decodedByteCount)
    }
}
