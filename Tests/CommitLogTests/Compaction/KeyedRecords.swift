import RecordFormat

@testable import CommitLog

/// A record as compaction sees it.
struct KeyedRecord: Equatable {
    var key: String?
    var value: String?
    var timestamp = testTimeMs
}

/// A sealed batch of keyed records.
func keyedBatch(
    _ records: [KeyedRecord], producerID: Int64 = -1, epoch: Int16 = -1, sequence: Int32 = -1,
    isTransactional: Bool = false, compression: Compression = .none
) -> [UInt8] {
    do {
        var builder = try RecordBatchBuilder(batchSize: 4 << 20, compression: compression)
        for record in records {
            let isIn = builder.append(
                timestamp: record.timestamp, key: record.key.map { Array($0.utf8) },
                value: record.value.map { Array($0.utf8) },
                headers: RecordHeaders([("origin", Array("test".utf8))]))
            precondition(isIn)
        }
        try builder.seal(
            producerID: ProducerID(producerID), producerEpoch: ProducerEpoch(epoch),
            baseSequence: sequence, isTransactional: isTransactional)
        return unsafe Array(builder.sealedBytes)
    } catch {
        preconditionFailure("\(error)")
    }
}

/// A transaction marker.
func marker(_ kind: ControlRecord.Kind, producerID: Int64, epoch: Int16 = 0) -> [UInt8] {
    do {
        let record = ControlRecord(kind: kind, coordinatorEpoch: 0)
        var builder = try RecordBatchBuilder(batchSize: 1024)
        precondition(
            builder.append(
                timestamp: testTimeMs, key: record.keyBytes, value: record.valueBytes))
        try builder.seal(
            producerID: ProducerID(producerID), producerEpoch: ProducerEpoch(epoch),
            isTransactional: true, isControl: true)
        return unsafe Array(builder.sealedBytes)
    } catch {
        preconditionFailure("\(error)")
    }
}

/// A batch as it is read from the log.
struct ReadBatch {
    var header: RecordBatchHeader
    var records: [(offset: Int64, record: KeyedRecord)]
}

func readBatches(_ bytes: borrowing RawSpan) throws -> [ReadBatch] {
    var batches: [ReadBatch] = []
    var position = 0
    var reader = RecordBatchReader()
    while position < bytes.byteCount {
        let rest = bytes.extracting(position..<bytes.byteCount)
        let header = try RecordBatchHeader(rest)
        var batch = ReadBatch(header: header, records: [])
        try reader.withRecords(of: rest, header: header, verifyChecksum: true) {
            (iterator) throws(RecordFormatError) in
            while let record = try iterator.next() {
                var headers = iterator.headers(of: record)
                while try headers.next() != nil {}
                batch.records.append(
                    (
                        header.offset(of: record).rawValue,
                        KeyedRecord(
                            key: text(iterator.bytes, record.key),
                            value: text(iterator.bytes, record.value),
                            timestamp: header.timestamp(of: record))
                    ))
            }
        }
        batches.append(batch)
        position += header.sizeInBytes
    }
    return batches
}

private func text(_ bytes: borrowing RawSpan, _ field: ByteRange) -> String? {
    guard !field.isNull else { return nil }
    return unsafe bytes.bytes(of: field).withUnsafeBytes {
        unsafe String(decoding: $0, as: UTF8.self)
    }
}

extension PartitionLog {
    @discardableResult
    func put(
        _ key: String, _ value: String?, timestamp: Int64 = testTimeMs
    ) throws(AppendError) -> AppendResult {
        try append(
            bytes: keyedBatch([KeyedRecord(key: key, value: value, timestamp: timestamp)]))
    }

    /// Every batch from `offset` on, in slices of at most `maxBytes`.
    func batches(from offset: Offset? = nil, maxBytes: Int = 1 << 20) throws -> [ReadBatch] {
        var next = offset ?? logStartOffset
        var cursor = FetchCursor()
        var window = MappedWindow()
        var batches: [ReadBatch] = []
        while let slice = try read(from: next, maxBytes: maxBytes, cursor: &cursor) {
            precondition(slice.nextOffset > next, "a reader must get on")
            batches += try readBatches(window.bytes(of: slice))
            next = slice.nextOffset
        }
        return batches
    }

    /// Every batch of the files, also those that no reader is given.
    func storedBatches() throws -> [ReadBatch] {
        try view.withLock { $0.segments }.flatMap { segment in
            let bytes = try segment.file().file.bytes(at: 0, count: segment.byteCount)
            return try unsafe readBatches(bytes.span.bytes)
        }
    }

    /// Every record of users from `offset` on.
    func keyedRecords(
        from offset: Offset? = nil, maxBytes: Int = 1 << 20
    ) throws -> [(offset: Int64, record: KeyedRecord)] {
        try batches(from: offset, maxBytes: maxBytes).filter { !$0.header.attributes.isControl }
            .flatMap(\.records).filter { $0.offset >= (offset ?? logStartOffset).rawValue }
    }

    /// `a=1@0`: key, value and offset of each record, `-` for a tombstone.
    func texts(from offset: Offset? = nil) throws -> [String] {
        try keyedRecords(from: offset).map {
            "\($0.record.key ?? "null")=\($0.record.value ?? "-")@\($0.offset)"
        }
    }

    /// Seals the active segment, unless it is empty.
    func rollNow() throws {
        try appender.withLock { (state) throws(LogError) in
            guard state.position > 0 else { return }
            try roll(&state, nowMs: clock.nowMs())
        }
    }
}

extension TestLog {
    /// A log of one compacted partition, cleaned as soon as a byte of it is dirty.
    static func compacted(
        _ overrides: [String: String] = [:], directory: [String: String] = [:]
    ) throws -> TestLog {
        let base = ["cleanup.policy": "compact", "min.cleanable.dirty.ratio": "0"]
        return try TestLog(base.merging(overrides) { $1 }, directory: directory)
    }

    /// Seals the active segment and cleans what is worth it.
    @discardableResult
    func clean(rolling: Bool = true) throws -> CleaningReport? {
        if rolling { try partition.rollNow() }
        directory.flusher.waitUntilIdle()
        let report = directory.cleaner.cleanFilthiest(
            of: [partition], nowMs: clock.nowMs)
        directory.retainer.waitUntilIdle()
        return report
    }
}
