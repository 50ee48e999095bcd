import RecordFormat

@testable import CommitLog

/// The time that tests begin at, in milliseconds since 1970.
let testTimeMs: Int64 = 1_700_000_000_000

/// A sealed batch of records whose values are `values`.
func batch(
    _ values: [String], timestamps: [Int64]? = nil, producerID: Int64 = -1, epoch: Int16 = -1,
    sequence: Int32 = -1, isTransactional: Bool = false, isControl: Bool = false
) -> [UInt8] {
    do {
        var builder = try RecordBatchBuilder(batchSize: 4 << 20)
        for (index, value) in values.enumerated() {
            let timestamp = timestamps?[index] ?? testTimeMs
            precondition(
                builder.append(timestamp: timestamp, key: nil, value: Array(value.utf8)))
        }
        try builder.seal(
            producerID: ProducerID(producerID), producerEpoch: ProducerEpoch(epoch),
            baseSequence: sequence, isTransactional: isTransactional, isControl: isControl)
        return unsafe Array(builder.sealedBytes)
    } catch {
        preconditionFailure("\(error)")
    }
}

/// A batch of one record that has `byteCount` bytes in all.
func batch(byteCount: Int, timestamp: Int64 = testTimeMs) -> [UInt8] {
    var valueCount = byteCount - 80
    while true {
        let bytes = batch([String(repeating: "x", count: valueCount)], timestamps: [timestamp])
        if bytes.count == byteCount { return bytes }
        valueCount += byteCount - bytes.count
    }
}

extension PartitionLog {
    /// Appends a copy of the bytes.
    @discardableResult
    func append(
        bytes: [UInt8], origin: AppendOrigin = .client, validation: BatchValidation = .full
    ) throws(AppendError) -> AppendResult {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
        defer { unsafe buffer.deallocate() }
        unsafe buffer.copyBytes(from: bytes)
        return try unsafe append(buffer, origin: origin, validation: validation)
    }

    @discardableResult
    func append(_ values: String...) throws(AppendError) -> AppendResult {
        try append(bytes: batch(values))
    }

    /// Every record from `offset` to the end, read in slices of at most `maxBytes`, each batch's
    /// checksum verified.
    func records(
        from offset: Offset? = nil, maxBytes: Int = 1 << 20
    ) throws -> [(offset: Int64, value: String)] {
        var next = offset ?? logStartOffset
        var cursor = FetchCursor()
        var window = MappedWindow()
        var records: [(Int64, String)] = []
        while let slice = try read(from: next, maxBytes: maxBytes, cursor: &cursor) {
            for (offset, value) in try decode(window.bytes(of: slice)) where offset >= next.rawValue
            {
                records.append((offset, value))
            }
            next = slice.nextOffset
        }
        return records
    }

    func values(from offset: Offset? = nil, maxBytes: Int = 1 << 20) throws -> [String] {
        try records(from: offset, maxBytes: maxBytes).map(\.value)
    }
}

/// The records of whole batches, with their offsets.
func decode(_ bytes: borrowing RawSpan) throws -> [(Int64, String)] {
    var records: [(Int64, String)] = []
    var position = 0
    var reader = RecordBatchReader()
    while position < bytes.byteCount {
        let rest = bytes.extracting(position..<bytes.byteCount)
        let header = try RecordBatchHeader(rest)
        try reader.withRecords(of: rest, header: header, verifyChecksum: true) {
            (iterator) throws(RecordFormatError) in
            while let record = try iterator.next() {
                let value = iterator.bytes.bytes(of: record.value)
                let text = unsafe value.withUnsafeBytes {
                    unsafe String(decoding: $0, as: UTF8.self)
                }
                records.append((header.baseOffset.rawValue + Int64(record.offsetDelta), text))
            }
        }
        position += header.sizeInBytes
    }
    return records
}
