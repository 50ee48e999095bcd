// Fixed-size integers of the wire format. The caller checks the bounds once for all fields.

extension RawSpan {
    /// The big-endian integer at `position`; its bytes must lie within the span.
    @inlinable
    func bigEndian<Integer: FixedWidthInteger & BitwiseCopyable>(
        at position: Int, as: Integer.Type = Integer.self
    ) -> Integer {
        precondition(position >= 0 && position <= byteCount - MemoryLayout<Integer>.size)
        return unsafe Integer(
            bigEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: position, as: Integer.self))
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Writes `value` big-endian at `position`; its bytes must lie within the buffer.
    @inlinable
    func storeBigEndian<Integer: FixedWidthInteger & BitwiseCopyable>(
        _ value: Integer, at position: Int
    ) {
        precondition(position >= 0 && position <= count - MemoryLayout<Integer>.size)
        unsafe storeBytes(of: value.bigEndian, toByteOffset: position, as: Integer.self)
    }
}
