import RecordFormat
import Testing

/// A record as a child could read it: what the tests compare everything with.
struct ModelRecord: Equatable, Sendable {
    var timestamp: Int64
    var key: [UInt8]?
    var value: [UInt8]?
    var headers: [ModelHeader] = []

    init(
        timestamp: Int64, key: [UInt8]?, value: [UInt8]?, headers: [(String, [UInt8]?)] = []
    ) {
        self.timestamp = timestamp
        self.key = key
        self.value = value
        self.headers = headers.map { ModelHeader(key: Array($0.0.utf8), value: $0.1) }
    }

    var encodedHeaders: RecordHeaders {
        RecordHeaders(headers.map { (String(decoding: $0.key, as: UTF8.self), $0.value) })
    }
}

struct ModelHeader: Equatable, Sendable {
    var key: [UInt8]
    var value: [UInt8]?
}

/// A batch that `records` were sealed into.
func sealedBatch(
    _ records: [ModelRecord], compression: Compression = .none, batchSize: Int = 1 << 20
) throws -> [UInt8] {
    var builder = try RecordBatchBuilder(batchSize: batchSize, compression: compression)
    for record in records {
        try builder.mustAppend(
            timestamp: record.timestamp, key: record.key, value: record.value,
            headers: record.encodedHeaders)
    }
    try builder.seal()
    return builder.withSealed { $0.array }
}

/// All records of a batch, its checksum verified, through the public reader.
func readBatch(
    _ batch: [UInt8], maximumByteCount: Int = Decompressor.defaultMaximumByteCount,
    verifyChecksum: Bool = true
) throws(RecordFormatError) -> [ModelRecord] {
    var reader = RecordBatchReader(maximumByteCount: maximumByteCount)
    return try readBatch(batch, with: &reader, verifyChecksum: verifyChecksum)
}

func readBatch(
    _ batch: [UInt8], with reader: inout RecordBatchReader, verifyChecksum: Bool = true
) throws(RecordFormatError) -> [ModelRecord] {
    let bytes = unsafe batch.span.bytes
    let header = try RecordBatchHeader(bytes)
    return try reader.withRecords(of: bytes, header: header, verifyChecksum: verifyChecksum) {
        (iterator) throws(RecordFormatError) in
        try modelRecords(&iterator, baseTimestamp: header.baseTimestamp)
    }
}

func modelRecords(
    _ iterator: inout RecordIterator, baseTimestamp: Int64
) throws(RecordFormatError) -> [ModelRecord] {
    var records: [ModelRecord] = []
    while let record = try iterator.next() {
        var model = ModelRecord(
            timestamp: baseTimestamp &+ record.timestampDelta,
            key: iterator.bytes.array(of: record.key), value: iterator.bytes.array(of: record.value)
        )
        var headers = iterator.headers(of: record)
        while let next = try headers.next() {
            model.headers.append(
                ModelHeader(
                    key: iterator.bytes.array(of: next.key) ?? [],
                    value: iterator.bytes.array(of: next.value)))
        }
        records.append(model)
    }
    return records
}

extension RawSpan {
    var array: [UInt8] { unsafe withUnsafeBytes { unsafe Array($0) } }

    func array(of range: ByteRange) -> [UInt8]? {
        range.isNull ? nil : bytes(of: range).array
    }
}

extension RecordBatchBuilder {
    // `#expect` cannot call a mutating method of a type that is not copyable.

    mutating func mustAppend(
        timestamp: Int64, key: [UInt8]?, value: [UInt8]?, headers: RecordHeaders = .empty,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let appended = append(timestamp: timestamp, key: key, value: value, headers: headers)
        try #require(appended, sourceLocation: sourceLocation)
    }

    mutating func mustRefuse(
        timestamp: Int64, key: [UInt8]?, value: [UInt8]?, headers: RecordHeaders = .empty,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let appended = append(timestamp: timestamp, key: key, value: value, headers: headers)
        try #require(!appended, sourceLocation: sourceLocation)
    }
}
