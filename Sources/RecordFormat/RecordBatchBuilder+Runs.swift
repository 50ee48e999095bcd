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
        let noHeaders = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
        let base = unsafe buffer.baseAddress.unsafelyUnwrapped
        let limit = self.limit
        // Held in registers: what is stored in the batch could be these for all that the compiler knows.
        var position = self.position
        var offsetDelta = UInt64(bitPattern: Int64(appendedCount)) &<< 1
        let first = place
        while place < end {
            let value = unsafe value(place)
            let integers =
                timestampDelta | offsetDelta | UInt64(bitPattern: Int64(value.count)) &<< 1
            guard integers < Varint.shortLimit &>> 1,
                value.count &+ Self.largestOverhead <= limit &- position
            else { break }
            let byteCount = unsafe Self.encodeShort(
                timestampDelta: timestampDelta, offsetDelta: offsetDelta, key: nil, value: value,
                headers: noHeaders, valueIsPadded: true, to: base + position)
            guard byteCount > 0 else { break }
            position &+= byteCount
            offsetDelta &+= 2
            place &+= 1
        }
        guard place > first else { return }
        self.position = position
        appendedCount &+= place &- first
        largestTimestamp = Swift.max(largestTimestamp, timestamp)
    }
}
