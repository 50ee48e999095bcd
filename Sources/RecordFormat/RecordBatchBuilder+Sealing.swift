extension RecordBatchBuilder {
    /// Compresses the records, writes the header and the checksum. The batch accepts no more
    /// records.
    ///
    /// Sealing a sealed batch again writes a new header over the same records, which a producer
    /// needs when its epoch or sequences have changed. The batch must not be empty.
    ///
    /// Throws `codecFailed` if the codec does; the batch is then as before.
    public mutating func seal(
        producerID: ProducerID = .none, producerEpoch: ProducerEpoch = .none,
        baseSequence: Int32 = RecordBatchHeader.noSequence, isTransactional: Bool = false,
        isControl: Bool = false
    ) throws(RecordFormatError) {
        precondition(recordCount > 0, "a batch has at least one record")
        if !isSealed {
            sealedByteCount = try compressRecords()
            limit = 0
            recordsChecksum = unsafe CRC32C.checksum(
                UnsafeRawBufferPointer(rebasing: sealedBytes[RecordBatchHeader.byteCount...]))
        }
        let header = RecordBatchHeader(
            byteCount: sealedByteCount,
            attributes: BatchAttributes(
                codec: compression.codec, isTransactional: isTransactional, isControl: isControl),
            baseTimestamp: baseTimestamp, maxTimestamp: maxTimestamp, producerID: producerID,
            producerEpoch: producerEpoch, baseSequence: baseSequence, recordCount: recordCount)
        unsafe header.write(to: sealedBytes)
        unsafe RecordBatchHeader.patchChecksum(in: sealedBytes, records: recordsChecksum)
    }

    /// Returns the size of the batch as it will be sealed, header included.
    private mutating func compressRecords() throws(RecordFormatError) -> Int {
        guard compression.codec != .none else { return position }
        let headerByteCount = RecordBatchHeader.byteCount
        // The bound for a full buffer, so that batches of one size need one allocation.
        let needed =
            unsafe headerByteCount + shared.bound(buffer.count - headerByteCount)
        if unsafe compressedBuffer.count < needed {
            unsafe compressedBuffer.deallocate()
            unsafe compressedBuffer = .allocate(
                byteCount: needed, alignment: Self.bufferAlignment)
        }
        let records = unsafe UnsafeRawBufferPointer(rebasing: buffer[headerByteCount..<position])
        let output = unsafe UnsafeMutableRawBufferPointer(
            rebasing: compressedBuffer[headerByteCount...])
        let start = CodecClock.nanos()
        let byteCount =
            headerByteCount + (try unsafe shared.compress(records, into: output))
        compressionNanos = CodecClock.nanos() - start
        // Only records close to the limit of 2 GiB can exceed it.
        guard byteCount <= Int(Int32.max) else {
            throw .invalidBatchLength(Int32.max)
        }
        return byteCount
    }

    /// The sealed batch: valid until `reset`, and mutable, for the patches of `RecordBatchHeader`.
    public var sealedBytes: UnsafeMutableRawBufferPointer {
        precondition(isSealed, "the batch is not sealed")
        let sealed = unsafe compression.codec == .none ? buffer : compressedBuffer
        return unsafe UnsafeMutableRawBufferPointer(rebasing: sealed[..<sealedByteCount])
    }

    /// Calls `body` with the sealed batch.
    public func withSealed<Result, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(sealedBytes)))
    }
}
