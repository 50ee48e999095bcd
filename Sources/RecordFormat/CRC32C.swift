internal import CRC32C

/// CRC-32C (Castagnoli), by the fastest instructions of the processor.
///
/// Thread contract: pure functions.
public enum CRC32C {
    public static func checksum(_ bytes: RawSpan) -> UInt32 {
        update(0, bytes)
    }

    /// The checksum of the bytes that `crc` covers, followed by `bytes`.
    public static func update(_ crc: UInt32, _ bytes: RawSpan) -> UInt32 {
        unsafe bytes.withUnsafeBytes { unsafe weir_crc32c(crc, $0.baseAddress, $0.count) }
    }

    /// The checksum of the bytes that `crc` covers, followed by `byteCount` others whose checksum is
    /// `next`. Without hardware's multiplication it takes as long as reading some hundred bytes.
    public static func joined(_ crc: UInt32, _ next: UInt32, byteCount: Int) -> UInt32 {
        weir_crc32c_joined(crc, next, byteCount)
    }

    public static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        unsafe weir_crc32c(0, bytes.baseAddress, bytes.count)
    }
}
