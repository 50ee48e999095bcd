import KafkaProtocol
import NIOCore
import RecordFormat

@testable import KafkaClient

/// A sealed batch as a log holds it: `values` from offset `base` on.
func storedBatch(
    _ values: [String], base: Int64, epoch: Int32 = 0, producerID: Int64 = -1,
    isTransactional: Bool = false, codec: CompressionCodec = .none
) throws -> [UInt8] {
    var builder = try RecordBatchBuilder(batchSize: 1 << 20, compression: Compression(codec))
    for value in values {
        precondition(builder.append(timestamp: 1, key: nil, value: Array(value.utf8)))
    }
    try builder.seal(
        producerID: ProducerID(producerID), producerEpoch: ProducerEpoch(producerID < 0 ? -1 : 0),
        baseSequence: producerID < 0 ? -1 : 0, isTransactional: isTransactional, isControl: false)
    return patched(unsafe Array(builder.sealedBytes), base: base, epoch: epoch)
}

/// The batch with the marker that ends a transaction.
func markerBatch(_ kind: ControlRecord.Kind, base: Int64, producerID: Int64) throws -> [UInt8] {
    let marker = ControlRecord(kind: kind, coordinatorEpoch: 0)
    var builder = try RecordBatchBuilder(batchSize: 1 << 10, compression: Compression(.none))
    precondition(builder.append(timestamp: 1, key: marker.keyBytes, value: marker.valueBytes))
    try builder.seal(
        producerID: ProducerID(producerID), producerEpoch: ProducerEpoch(0), baseSequence: -1,
        isTransactional: true, isControl: true)
    return patched(unsafe Array(builder.sealedBytes), base: base, epoch: 0)
}

private func patched(_ batch: [UInt8], base: Int64, epoch: Int32) -> [UInt8] {
    var batch = batch
    for index in 0..<8 { batch[index] = UInt8(truncatingIfNeeded: base >> (56 - 8 * index)) }
    for index in 0..<4 {
        batch[12 + index] = UInt8(truncatingIfNeeded: epoch >> (24 - 8 * index))
    }
    return batch
}

/// The values of the batches, each with its offset, from the position on.
func values(of fetched: FetchedRecords) throws -> [String] {
    var found: [String] = []
    var reader = RecordBatchReader()
    try fetched.forEachBatch { (header, bytes) throws(RecordFormatError) in
        try reader.withRecords(of: bytes, header: header, verifyChecksum: true) {
            (records) throws(RecordFormatError) in
            while let record = try records.next() {
                let offset = header.offset(of: record)
                guard offset >= fetched.position else { continue }
                let value = unsafe records.bytes.bytes(of: record.value).withUnsafeBytes {
                    unsafe String(decoding: $0, as: UTF8.self)
                }
                found.append("\(offset):\(value)")
            }
        }
    }
    return found
}
