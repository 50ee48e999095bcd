/// How many bytes each integer at the head of a record takes, and whether the key is null. Nearly
/// all records of a batch agree in this, so it is determined once and then only compared.
///
/// The head is the first eight bytes after the record's length, as a little-endian integer:
///
///     | attributes i8 | timestampDelta varlong | offsetDelta varint | key length varint |
@usableFromInline
struct RecordShape {
    /// The bits of the head that give the shape, and their values. No head has the first pattern.
    @usableFromInline var mask: UInt64 = 0
    @usableFromInline var pattern: UInt64 = 1
    /// Up to and with the key's length.
    @usableFromInline var byteCount = 0
    // Each field: its beginning, and its bits without the continuation bits.
    @usableFromInline var timestampBits: UInt64 = 0
    @usableFromInline var offsetShift: UInt64 = 0
    @usableFromInline var offsetBits: UInt64 = 0
    @usableFromInline var keyShift: UInt64 = 0
    @usableFromInline var keyBits: UInt64 = 0

    @inlinable
    init() {}

    @inlinable @inline(__always)
    func timestampDelta(_ head: UInt64) -> Int64 {
        Varint.unZigZag(Self.joined(head &>> 8 & timestampBits))
    }

    @inlinable @inline(__always)
    func offsetDelta(_ head: UInt64) -> Int {
        Int(truncatingIfNeeded: Self.joined(head &>> offsetShift & offsetBits) &>> 1)
    }

    /// In zig-zag form, so 1 if the key is null.
    @inlinable @inline(__always)
    func keyLength(_ head: UInt64) -> UInt64 {
        let groups = head &>> keyShift & keyBits
        return groups & 0x7f | (groups & 0x7f00) &>> 1
    }

    /// The groups of seven bits of up to three bytes, joined.
    @inlinable @inline(__always)
    static func joined(_ groups: UInt64) -> UInt64 {
        groups & 0x7f | (groups & 0x7f00) &>> 1 | (groups & 0x7f_0000) &>> 2
    }

    /// Takes the shape of `head`. Returns false and keeps the old shape if a delta has more than
    /// three bytes, the key's length more than two, the head more than eight, or a field an invalid
    /// value.
    mutating func learn(_ head: UInt64) -> Bool {
        guard let timestampCount = Self.shortByteCount(head &>> 8) else { return false }
        let offsetShift = 8 &+ 8 &* timestampCount
        guard let offsetCount = Self.shortByteCount(head &>> offsetShift) else { return false }
        let keyShift = offsetShift &+ 8 &* offsetCount
        guard let keyCount = Self.shortByteCount(head &>> keyShift), keyCount <= 2,
            keyShift &+ 8 &* keyCount <= 64
        else { return false }
        let keyBits = Self.valueBits(keyCount)
        let key = head &>> keyShift & keyBits
        // Offsets are not negative, and of key lengths only −1, which is 1 in zig-zag form.
        guard head &>> offsetShift & 1 == 0, key & 1 == 0 || key == 1 else { return false }

        timestampBits = Self.valueBits(timestampCount)
        self.offsetShift = offsetShift
        offsetBits = Self.valueBits(offsetCount)
        self.keyShift = keyShift
        self.keyBits = keyBits
        byteCount = Int((keyShift &+ 8 &* keyCount) &>> 3)
        mask =
            Self.goesOnBits(timestampCount) &<< 8
            | (Self.goesOnBits(offsetCount) | 1) &<< offsetShift
            | (key == 1 ? 0xff : Self.goesOnBits(keyCount) | 1) &<< keyShift
        pattern = head & mask
        return true
    }

    /// How many bytes the varint at the low end has; nil for more than three.
    private static func shortByteCount(_ bytes: UInt64) -> UInt64? {
        let ends = ~bytes & 0x80_8080
        return ends == 0 ? nil : UInt64(ends.trailingZeroBitCount) &>> 3 &+ 1
    }

    /// The seven low bits of each of this many bytes.
    private static func valueBits(_ byteCount: UInt64) -> UInt64 {
        0x7f_7f7f & ((1 &<< (8 &* byteCount)) &- 1)
    }

    /// The high bit of each of this many bytes.
    private static func goesOnBits(_ byteCount: UInt64) -> UInt64 {
        0x80_8080 & ((1 &<< (8 &* byteCount)) &- 1)
    }
}
