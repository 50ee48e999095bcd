extension RecordBatchBuilder {
    /// Adds a record. Returns false, and changes nothing, if it does not fit or the batch is
    /// sealed; an empty, unsealed batch refuses only a record of 2 GiB or more, which no batch can
    /// hold.
    ///
    /// `timestamp` is in milliseconds since 1970. A `nil` key or value is a null, which differs from an
    /// empty one. `headers` are copied as they are (see `RecordHeaders`); no bytes mean no headers.
    ///
    /// With `valueIsPadded`, at least `valuePadding` readable bytes of any content must follow the
    /// value: then small values are copied in whole strides, without a branch on their size.
    @inlinable @inline(__always)
    public mutating func append(
        timestamp: Int64, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?,
        headers: UnsafeRawBufferPointer, valueIsPadded: Bool = false
    ) -> Bool {
        let timestampDelta = Varint.zigZag(timestamp &- firstTimestamp)
        let offsetDelta = UInt64(bitPattern: Int64(appendedCount)) &<< 1
        let keyByteCount = unsafe key?.count ?? 0
        let valueByteCount = unsafe value?.count ?? 0
        let payloadByteCount = keyByteCount &+ valueByteCount &+ headers.count
        // The usual record: not the first, with short integers, and not close to the end of the
        // batch.
        let integers =
            timestampDelta | offsetDelta | UInt64(bitPattern: Int64(payloadByteCount)) &<< 1
        guard integers < Varint.shortLimit &>> 1, appendedCount > 0,
            payloadByteCount &+ Self.largestOverhead <= limit &- position
        else {
            return unsafe appendCarefully(
                timestamp: timestamp, key: key, value: value, headers: headers)
        }

        let start = unsafe buffer.baseAddress.unsafelyUnwrapped + position
        let byteCount = unsafe Self.encodeShort(
            timestampDelta: timestampDelta, offsetDelta: offsetDelta, key: key, value: value,
            headers: headers, valueIsPadded: valueIsPadded, to: start)
        guard byteCount > 0 else {
            return unsafe appendCarefully(
                timestamp: timestamp, key: key, value: value, headers: headers)
        }
        position &+= byteCount
        appendedCount &+= 1
        largestTimestamp = Swift.max(largestTimestamp, timestamp)
        return true
    }

    /// Encodes a record whose integers are below `Varint.shortLimit` in zig-zag form, and returns its size;
    /// 0 if it is to be encoded otherwise, because its length takes more bytes than was guessed.
    @inlinable @inline(__always)
    static func encodeShort(
        timestampDelta: UInt64, offsetDelta: UInt64, key: UnsafeRawBufferPointer?,
        value: UnsafeRawBufferPointer?, headers: UnsafeRawBufferPointer, valueIsPadded: Bool,
        to start: UnsafeMutableRawPointer
    ) -> Int {
        let keyByteCount = unsafe key?.count ?? 0
        let valueByteCount = unsafe value?.count ?? 0
        let payloadByteCount = keyByteCount &+ valueByteCount &+ headers.count
        // The length comes first and depends on the fields after it, so its size is guessed: the
        // size when each integer takes one byte.
        let lengthByteCount = Varint.shortByteCount(
            UInt64(bitPattern: Int64(payloadByteCount &+ leastOverhead)) &<< 1)
        let body = unsafe start + lengthByteCount
        unsafe body.storeBytes(of: 0, as: UInt8.self)
        var place = unsafe Varint.writeShort(timestampDelta, to: body + 1)
        unsafe place = Varint.writeShort(offsetDelta, to: place)
        if let key = unsafe key {
            unsafe place = Varint.writeShort(
                UInt64(bitPattern: Int64(keyByteCount)) &<< 1, to: place)
            unsafe place = copyShort(key, to: place)
        } else {
            unsafe place = Varint.writeShort(Varint.encodedNull, to: place)
        }
        if let value = unsafe value {
            unsafe place = Varint.writeShort(
                UInt64(bitPattern: Int64(valueByteCount)) &<< 1, to: place)
            if valueIsPadded {
                unsafe place = copyPadded(value, to: place)
            } else {
                unsafe place = copy(value, to: place)
            }
        } else {
            unsafe place = Varint.writeShort(Varint.encodedNull, to: place)
        }
        if headers.count == 0 {
            unsafe place = Varint.writeShort(0, to: place)
        } else {
            unsafe place = copyShort(headers, to: place)
        }
        // A length of three bytes is stored with a fourth one, 0, in the place of the attributes,
        // which are 0.
        let length = UInt64(bitPattern: Int64(unsafe place - body)) &<< 1
        // If the guess was wrong, the first bytes of the body are overwritten.
        guard unsafe Varint.writeShort(length, to: start) == body else { return 0 }
        return lengthByteCount &+ Int(length &>> 1)
    }

    /// The size of a record besides its key, value and headers if each integer takes one byte:
    /// attributes, two deltas and two lengths, without its own length.
    @usableFromInline static var leastOverhead: Int { 5 }
    /// The same if each takes three, with a header count for no headers, and with its own length.
    @usableFromInline static var largestOverhead: Int { 1 + 4 * 3 + 1 + 3 }

    /// The most bytes that a record takes in a batch whose records have so many bytes of key, value and headers,
    /// with deltas of at most three bytes: of a million records, and of a quarter of an hour.
    public static func largestRecord(ofByteCount byteCount: Int) -> Int {
        let length = Varint.byteCount(Int64(byteCount))
        return byteCount + 1 + 2 * 3 + 2 * length + 1 + Varint.byteCount(Int64(byteCount + 16))
    }

    /// `append` for every record: the first of a batch, and those with integers of any size.
    @inline(never)
    @usableFromInline
    mutating func appendCarefully(
        timestamp: Int64, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?,
        headers: UnsafeRawBufferPointer
    ) -> Bool {
        let timestampDelta = appendedCount == 0 ? 0 : timestamp &- firstTimestamp
        let offsetDelta = Int64(appendedCount)
        let keyLength = Int64(unsafe key?.count ?? -1)
        let valueLength = Int64(unsafe value?.count ?? -1)
        let bodyByteCount =
            1 + Varint.byteCount(timestampDelta) + Varint.byteCount(offsetDelta)
            + Varint.byteCount(keyLength) + max(Int(keyLength), 0)
            + Varint.byteCount(valueLength) + max(Int(valueLength), 0)
            + max(headers.count, 1)
        let byteCount = Varint.byteCount(Int64(bodyByteCount)) + bodyByteCount
        if byteCount > limit - position {
            guard makeRoom(forFirstRecordOf: byteCount) else { return false }
        }

        var place = unsafe buffer.baseAddress.unsafelyUnwrapped + position
        unsafe place = Varint.write(Int64(bodyByteCount), to: place)
        unsafe place.storeBytes(of: 0, as: UInt8.self)
        unsafe place = Varint.write(timestampDelta, to: place + 1)
        unsafe place = Varint.write(offsetDelta, to: place)
        unsafe place = Varint.write(keyLength, to: place)
        if let key = unsafe key { unsafe place = Self.copy(key, to: place) }
        unsafe place = Varint.write(valueLength, to: place)
        if let value = unsafe value { unsafe place = Self.copy(value, to: place) }
        if headers.count == 0 {
            unsafe place.storeBytes(of: 0, as: UInt8.self)
        } else {
            _ = unsafe Self.copy(headers, to: place)
        }
        if appendedCount == 0 {
            firstTimestamp = timestamp
            largestTimestamp = timestamp
        }
        position += byteCount
        appendedCount += 1
        largestTimestamp = max(largestTimestamp, timestamp)
        return true
    }

    /// Copies usually short bytes, a key or headers: up to 32 bytes as two words that may overlap,
    /// which is faster than a call of `memcpy`.
    @inlinable @inline(__always)
    static func copyShort(
        _ bytes: UnsafeRawBufferPointer, to place: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        let count = bytes.count
        guard count <= 32, count >= 8, let source = bytes.baseAddress else {
            return unsafe copy(bytes, to: place)
        }
        if count >= 16 {
            unsafe copyEnds(source, to: place, count: count, as: SIMD16<UInt8>.self)
        } else {
            unsafe copyEnds(source, to: place, count: count, as: UInt64.self)
        }
        return unsafe place + count
    }

    /// Bytes that are copied at once, and may be read and written after a value.
    public static var valuePadding: Int { 64 }
    /// For larger values `memcpy` is faster.
    @usableFromInline static var largestPaddedCopy: Int { 512 }

    /// Copies whole strides. Bytes past the value are overwritten by the next record, or are in the
    /// slack of the buffer.
    @inlinable @inline(__always)
    static func copyPadded(
        _ bytes: UnsafeRawBufferPointer, to place: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        let count = bytes.count
        guard count <= largestPaddedCopy, let source = bytes.baseAddress else {
            return unsafe copy(bytes, to: place)
        }
        var copied = 0
        repeat {
            for part in stride(from: 0, to: valuePadding, by: 16) {
                let word = unsafe source.loadUnaligned(
                    fromByteOffset: copied &+ part, as: SIMD16<UInt8>.self)
                unsafe place.storeBytes(
                    of: word, toByteOffset: copied &+ part, as: SIMD16<UInt8>.self)
            }
            copied &+= valuePadding
        } while copied < count
        return unsafe place + count
    }

    /// Copies one word from each end; together they cover all `count` bytes.
    @inlinable @inline(__always)
    static func copyEnds<Word: BitwiseCopyable>(
        _ source: UnsafeRawPointer, to place: UnsafeMutableRawPointer, count: Int, as: Word.Type
    ) {
        let last = count &- MemoryLayout<Word>.size
        let head = unsafe source.loadUnaligned(as: Word.self)
        let tail = unsafe source.loadUnaligned(fromByteOffset: last, as: Word.self)
        unsafe place.storeBytes(of: head, as: Word.self)
        unsafe place.storeBytes(of: tail, toByteOffset: last, as: Word.self)
    }

    @inlinable @inline(__always)
    static func copy(
        _ bytes: UnsafeRawBufferPointer, to place: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        if let source = bytes.baseAddress {
            unsafe place.copyMemory(from: source, byteCount: bytes.count)
        }
        return unsafe place + bytes.count
    }

    /// Grows the buffer if the record will be the first one of an open batch.
    private mutating func makeRoom(forFirstRecordOf byteCount: Int) -> Bool {
        let needed = RecordBatchHeader.byteCount + byteCount
        guard appendedCount == 0, !isSealed, needed <= Int(Int32.max) else { return false }
        if unsafe needed > buffer.count {
            unsafe buffer.deallocate()
            unsafe buffer = Self.makeBuffer(batchByteCount: needed)
        }
        return true
    }
}
