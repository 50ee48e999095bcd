import RecordFormat

/// Packs records into one batch, and reads them back.
func packedAndRead(_ values: [String]) throws -> [String] {
    // The builder keeps its buffer: reset it after a batch, and fill it again.
    var builder = try RecordBatchBuilder(
        batchSize: 64 << 10, compression: Compression(.zstd, level: 3))
    for value in values {
        // False when the batch is full; the record is then the next batch's first.
        let isTaken = builder.append(
            timestamp: 1_750_000_000_000, key: nil, value: Array(value.utf8))
        precondition(isTaken)
    }
    // Compresses, and writes header and CRC-32C: these are the bytes that Kafka stores and sends.
    try builder.seal()

    var reader = RecordBatchReader()
    var found: [String] = []
    try builder.withSealed { (batch) throws(RecordFormatError) in
        let header = try RecordBatchHeader(batch)
        try reader.withRecords(of: batch, header: header, verifyChecksum: true) {
            (records) throws(RecordFormatError) in
            while let record = try records.next() {
                let value = records.bytes.bytes(of: record.value)
                found.append(value.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })
            }
        }
    }
    return found
}
