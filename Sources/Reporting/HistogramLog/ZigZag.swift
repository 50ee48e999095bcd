/// Signed integers in 1 to 9 bytes, as HdrHistogram's V2 encoding writes its counts.
///
/// Zig-zag, then seven bits a byte from the lowest, the high bit set where more follow; the ninth
/// byte holds eight bits, so that 64 bits need no tenth.
enum ZigZag {
    static func append(_ value: Int64, to bytes: inout [UInt8]) {
        var rest = UInt64(bitPattern: (value << 1) ^ (value >> 63))
        for _ in 0..<8 {
            guard rest > 0x7F else { break }
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Removes and returns the integer at the front of `bytes`; nil if they end too soon.
    static func take(from bytes: inout ArraySlice<UInt8>) -> Int64? {
        var result: UInt64 = 0
        for position in 0..<9 {
            guard let byte = bytes.popFirst() else { return nil }
            let isLast = position == 8 || byte & 0x80 == 0
            let bits = position == 8 ? byte : byte & 0x7F
            result |= UInt64(bits) << UInt64(7 * position)
            if isLast { break }
        }
        return Int64(bitPattern: result >> 1) ^ -Int64(bitPattern: result & 1)
    }
}
