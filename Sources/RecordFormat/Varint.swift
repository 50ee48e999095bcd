/// Zig-zag variable-length integers of the record format: seven bits a byte, least significant first.
///
/// Int32 fields take one to five bytes, Int64 fields ("varlong") one to ten.
@usableFromInline
enum Varint {
    @usableFromInline static let maximumByteCount32 = 5
    @usableFromInline static let maximumByteCount64 = 10

    @inlinable @inline(__always)
    static func zigZag(_ value: Int64) -> UInt64 {
        UInt64(bitPattern: (value &<< 1) ^ (value &>> 63))
    }

    @inlinable @inline(__always)
    static func unZigZag(_ encoded: UInt64) -> Int64 {
        Int64(bitPattern: encoded &>> 1) ^ (0 &- Int64(bitPattern: encoded & 1))
    }

    /// The length of `value` when written: its significant bits divided by seven, rounded up. The
    /// multiplication divides exactly for every length up to 70 bits.
    @inlinable @inline(__always)
    static func byteCount(_ value: Int64) -> Int {
        let bits = 64 &- (zigZag(value) | 1).leadingZeroBitCount
        return ((bits &+ 6) &* 37) &>> 8
    }

    /// Writes `value` at `destination`, which has room for it, and returns the place after it.
    @inlinable @inline(__always)
    static func write(
        _ value: Int64, to destination: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        var rest = zigZag(value)
        var place = unsafe destination
        while rest >= 0x80 {
            unsafe place.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, as: UInt8.self)
            rest &>>= 7
            unsafe place += 1
        }
        unsafe place.storeBytes(of: UInt8(truncatingIfNeeded: rest), as: UInt8.self)
        return unsafe place + 1
    }
}

extension RawSpan {
    /// Reads the varint at `position`, moves `position` past it, and touches no byte at or after `end`,
    /// which lies within the span.
    @inlinable @inline(__always)
    func readVarint(
        at position: inout Int, end: Int, maximumByteCount: Int
    ) throws(RecordFormatError) -> Int64 {
        guard position < end else {
            throw .truncated(needed: position &+ 1, available: end)
        }
        let first = unsafe unsafeLoad(fromUncheckedByteOffset: position, as: UInt8.self)
        if first < 0x80 {
            position &+= 1
            return Varint.unZigZag(UInt64(first))
        }
        if end &- position >= 2 {
            let second = unsafe unsafeLoad(
                fromUncheckedByteOffset: position &+ 1, as: UInt8.self)
            if second < 0x80 {
                position &+= 2
                return Varint.unZigZag(UInt64(first & 0x7f) | UInt64(second) &<< 7)
            }
        }
        return try readLongVarint(at: &position, end: end, maximumByteCount: maximumByteCount)
    }

    /// The case of three bytes and more, out of line.
    @inline(never)
    @usableFromInline
    func readLongVarint(
        at position: inout Int, end: Int, maximumByteCount: Int
    ) throws(RecordFormatError) -> Int64 {
        var encoded: UInt64 = 0
        var place = position
        for index in 0..<maximumByteCount {
            guard place < end else { throw .truncated(needed: place + 1, available: end) }
            let byte = unsafe unsafeLoad(fromUncheckedByteOffset: place, as: UInt8.self)
            // The tenth byte holds the 64th bit and nothing else.
            if index == Varint.maximumByteCount64 - 1, byte > 1 { break }
            encoded |= UInt64(byte & 0x7f) << (7 * index)
            place += 1
            if byte < 0x80 {
                position = place
                return Varint.unZigZag(encoded)
            }
        }
        throw .invalidVarint(position: position)
    }
}
