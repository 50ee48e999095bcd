import RecordFormat

@testable import KafkaClient

/// The memory of a batch that a test lends to a producer.
@safe
final class TestBatch: @unchecked Sendable {
    private let memory: UnsafeMutableRawBufferPointer

    init(
        _ values: [String], codec: CompressionCodec = .none, timestamp: Int64 = 1_750_000_000_000
    ) throws {
        var builder = try RecordBatchBuilder(
            batchSize: 4 << 20, compression: Compression(codec))
        for value in values {
            precondition(
                builder.append(timestamp: timestamp, key: nil, value: Array(value.utf8)))
        }
        try builder.seal()
        let sealed = unsafe builder.sealedBytes
        unsafe memory = .allocate(byteCount: sealed.count, alignment: 64)
        unsafe memory.copyMemory(from: UnsafeRawBufferPointer(sealed))
    }

    deinit { unsafe memory.deallocate() }

    var lent: SealedBatch {
        get throws { try unsafe SealedBatch(lending: memory) }
    }

    var bytes: [UInt8] { unsafe Array(memory) }
}

extension RecordBatchReader {
    /// The values of the records in `bytes`, which are whole batches, with their checksums verified.
    static func values(in bytes: [UInt8]) throws -> [String] {
        var reader = RecordBatchReader()
        var values: [String] = []
        var position = 0
        while position < bytes.count {
            let rest = unsafe bytes.span.bytes.extracting(position..<bytes.count)
            let header = try RecordBatchHeader(rest)
            try reader.withRecords(of: rest, header: header, verifyChecksum: true) {
                (iterator) throws(RecordFormatError) in
                while let record = try iterator.next() {
                    let value = iterator.bytes.bytes(of: record.value)
                    unsafe values.append(
                        value.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) })
                }
            }
            position += header.sizeInBytes
        }
        return values
    }
}
