/// Appends big-endian integers to a byte array: index entries and snapshots, never records.
struct BigEndianWriter {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    mutating func append<Integer: FixedWidthInteger>(_ value: Integer) {
        for index in (0..<Integer.bitWidth / 8).reversed() {
            bytes.append(UInt8(truncatingIfNeeded: value >> (8 * index)))
        }
    }
}

/// Reads big-endian integers from a byte array; reading past the end is a broken invariant of the
/// caller, who has checked the size.
struct BigEndianReader {
    private let bytes: [UInt8]
    private(set) var position: Int

    init(_ bytes: [UInt8], at position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    mutating func read<Integer: FixedWidthInteger>(_ type: Integer.Type = Integer.self) -> Integer {
        var value: Integer = 0
        for _ in 0..<Integer.bitWidth / 8 {
            value = (value << 8) | Integer(truncatingIfNeeded: bytes[position])
            position += 1
        }
        return value
    }
}
