extension RecordBatchBuilder {
    /// Adds records that have one timestamp, and neither keys nor headers, until one does not fit: the
    /// same as `append` of each, with what they share done once. Returns how many were added.
    ///
    /// `value` gives the value at each place of `places`, and may be asked for one twice. `valuePadding`
    /// readable bytes must follow it (see `append`).
    @inlinable @inline(__always)
    public mutating func append(
        _ places: Range<Int>, timestamp: Int64, value: (Int) -> UnsafeRawBufferPointer
    ) -> Int {
        let noHeaders = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
        var place = places.lowerBound
        while true {
            if appendedCount > 0 {
                unsafe appendShort(&place, places.upperBound, timestamp, value)
            }
            // The first of a batch, one close to its end, and one that is encoded otherwise.
            guard place < places.upperBound,
                unsafe append(
                    timestamp: timestamp, key: nil, value: value(place), headers: noHeaders,
                    valueIsPadded: true)
            else { return place &- places.lowerBound }
            place &+= 1
        }
    }

    /// Moves `place` past the records that are encoded as the usual ones are.
    @inlinable @inline(__always)
    mutating func appendShort(
        _ place: inout Int, _ end: Int, _ timestamp: Int64,
        _ value: (Int) -> UnsafeRawBufferPointer
    ) {
        let timestampDelta = Varint.zigZag(timestamp &- firstTimestamp)
        guard timestampDelta < Varint.twoByteLimit else { return }
        let base = unsafe buffer.baseAddress.unsafelyUnwrapped
        let limit = self.limit
        // Held in registers: what is stored in the batch could be these for all that the compiler knows.
        var position = self.position
        var offsetDelta = UInt64(bitPattern: Int64(appendedCount)) &<< 1
        let first = place
        while place < end {
            let value = unsafe value(place)
            let integers =
                offsetDelta | UInt64(bitPattern: Int64(value.count &+ Self.largestOverhead)) &<< 1
            guard integers < Varint.twoByteLimit,
                value.count &+ Self.largestOverhead <= limit &- position
            else { break }
            position &+= unsafe Self.encode(
                value, timestampDelta: timestampDelta, offsetDelta: offsetDelta, to: base + position
            )
            offsetDelta &+= 2
            place &+= 1
        }
        guard place > first else { return }
        self.position = position
        appendedCount &+= place &- first
        largestTimestamp = Swift.max(largestTimestamp, timestamp)
    }

    /// Encodes a record that has a value alone, and integers below `Varint.twoByteLimit`; returns its size.
    ///
    /// What comes before the value's length has at most eight bytes: the record's length, its attributes,
    /// two deltas, and the null key. They are put together in a register and stored at once.
    @inlinable @inline(__always)
    static func encode(
        _ value: UnsafeRawBufferPointer, timestampDelta: UInt64, offsetDelta: UInt64,
        to start: UnsafeMutableRawPointer
    ) -> Int {
        let valueLength = UInt64(bitPattern: Int64(value.count)) &<< 1
        let timestampBits = Varint.twoByteBitCount(timestampDelta)
        let offsetBits = Varint.twoByteBitCount(offsetDelta)
        let valueLengthBits = Varint.twoByteBitCount(valueLength)
        // Besides these the attributes, the null key and the count of headers, of a byte each.
        let integerBits = timestampBits &+ offsetBits &+ valueLengthBits &+ 3 * 8
        let length = valueLength &+ integerBits &>> 2
        var bits = Varint.twoByteBitCount(length) &+ 8
        var word = Varint.twoByteWord(length) | Varint.twoByteWord(timestampDelta) &<< bits
        bits &+= timestampBits
        word |= Varint.twoByteWord(offsetDelta) &<< bits
        bits &+= offsetBits
        word |= Varint.encodedNull &<< bits
        bits &+= 8
        unsafe start.storeBytes(of: word.littleEndian, as: UInt64.self)
        var place = unsafe start + Int(bits &>> 3)
        unsafe place.storeBytes(
            of: UInt16(truncatingIfNeeded: Varint.twoByteWord(valueLength)).littleEndian,
            as: UInt16.self)
        unsafe place = copyPadded(value, to: place + Int(valueLengthBits &>> 3))
        unsafe place.storeBytes(of: 0, as: UInt8.self)
        return unsafe place + 1 - start
    }
}
