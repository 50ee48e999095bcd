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

extension Varint {
    // Integers below `shortLimit` once in zig-zag form: at most three bytes, written without a loop.

    @usableFromInline static var shortLimit: UInt64 { 1 << 21 }
    /// The zig-zag form of −1, the length of a null.
    @usableFromInline static var encodedNull: UInt64 { 1 }

    /// Zig-zag forms below this take one byte or two.
    @inlinable static var twoByteLimit: UInt64 { 1 << 14 }

    /// The bits of the encoded form of a value below `twoByteLimit`.
    @inlinable @inline(__always)
    static func twoByteBitCount(_ encoded: UInt64) -> UInt64 { encoded >= 1 << 7 ? 16 : 8 }

    /// The encoded form of a value below `twoByteLimit`, its first byte lowest.
    @inlinable @inline(__always)
    static func twoByteWord(_ encoded: UInt64) -> UInt64 {
        (encoded & 0x7f) | (encoded & 0x3f80) &<< 1 | (encoded >= 1 << 7 ? 0x80 : 0)
    }

    @inlinable @inline(__always)
    static func shortByteCount(_ encoded: UInt64) -> Int {
        1 &+ (encoded >= 1 << 7 ? 1 : 0) &+ (encoded >= 1 << 14 ? 1 : 0)
    }

    /// Writes `encoded` at `destination`, where there is room for four bytes, and returns the place after
    /// it.
    @inlinable @inline(__always)
    static func writeShort(
        _ encoded: UInt64, to destination: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        // One byte or two is unpredictable if the sizes of records differ, so there is no branch.
        let isLonger = encoded >= 1 << 7
        let twoGroups = (encoded & 0x7f) | (encoded & 0x7f << 7) &<< 1
        if encoded < 1 << 14 {
            let goesOn: UInt64 = isLonger ? 0x80 : 0
            unsafe destination.storeBytes(
                of: UInt16(truncatingIfNeeded: twoGroups | goesOn).littleEndian, as: UInt16.self)
            return unsafe destination + (isLonger ? 2 : 1)
        }
        let threeGroups = twoGroups | 0x8080 | (encoded & 0x7f << 14) &<< 2
        unsafe destination.storeBytes(
            of: UInt32(truncatingIfNeeded: threeGroups).littleEndian, as: UInt32.self)
        return unsafe destination + 3
    }
}

extension RawSpan {
    /// Reads a varint's zig-zag form of one or two bytes at `position`, where the span has at least
    /// two, and moves `position` past it. Returns `encodedNull` for a longer one.
    ///
    /// Without a branch on the number of bytes, which is unpredictable if the sizes of records
    /// differ.
    @inlinable @inline(__always)
    func readShortVarint(at position: inout Int) -> UInt64 {
        let loaded = UInt64(loadTwoBytes(at: position))
        // All ones if the first byte has the continuation bit.
        let ones = Int(Int8(truncatingIfNeeded: loaded)) &>> 7
        position &+= 1 &- ones
        guard loaded & 0x8080 != 0x8080 else { return Varint.encodedNull }
        return loaded & 0x7f | (loaded &>> 1 & 0x3f80) & UInt64(bitPattern: Int64(ones))
    }

    @inlinable @inline(__always)
    func loadByte(at position: Int) -> UInt8 {
        unsafe unsafeLoad(fromUncheckedByteOffset: position, as: UInt8.self)
    }

    /// Two bytes at `position`, which the span has, the first in the low half.
    @inlinable @inline(__always)
    func loadTwoBytes(at position: Int) -> UInt16 {
        UInt16(
            littleEndian: unsafe unsafeLoadUnaligned(
                fromUncheckedByteOffset: position, as: UInt16.self))
    }

    /// Eight bytes at `position`, which the span has, the first in the lowest place.
    @inlinable @inline(__always)
    func loadEightBytes(at position: Int) -> UInt64 {
        UInt64(
            littleEndian: unsafe unsafeLoadUnaligned(
                fromUncheckedByteOffset: position, as: UInt64.self))
    }

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
