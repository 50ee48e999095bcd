import Foundation
import RecordFormat
import Testing

@Suite
struct GoldenBatchTests {
    /// What every golden batch holds; `Golden/README.md` says the same in words.
    static let records = [
        ModelRecord(
            timestamp: 1_700_000_000_000, key: Array("order-1".utf8),
            value: Array("{\"event\":\"OrderPlaced\",\"order\":1}".utf8),
            headers: [("trace", [0, 1, 2, 255])]),
        ModelRecord(timestamp: 1_700_000_000_005, key: nil, value: Array("no key".utf8)),
        ModelRecord(timestamp: 1_700_000_000_003, key: Array("order-3".utf8), value: nil),
        ModelRecord(timestamp: 1_700_000_000_003, key: [], value: []),
        ModelRecord(
            timestamp: 1_700_003_600_000, key: Array("order-5".utf8),
            value: Array(String(repeating: "abcdefghij", count: 100).utf8),
            headers: [("a", []), ("a", nil), ("größe", Array("1 MiB".utf8))]),
        ModelRecord(
            timestamp: 1_699_999_999_999, key: Array(0..<128),
            value: (0..<300).map { UInt8(truncatingIfNeeded: $0 * 7) }),
    ]

    static let writers = ["librdkafka", "kafka-python", "aiokafka"]

    static func golden(_ name: String) throws -> [UInt8] {
        let directory = try #require(Bundle.module.url(forResource: "Golden", withExtension: nil))
        return Array(try Data(contentsOf: directory.appendingPathComponent("\(name).batch")))
    }

    @Test(arguments: writers, CompressionCodec.allCases)
    func `batches that others wrote are read`(_ writer: String, _ codec: CompressionCodec) throws {
        let batch = try Self.golden("\(writer)-\(codec.name)")
        let header = try unsafe RecordBatchHeader(batch.span.bytes)
        #expect(header.sizeInBytes == batch.count)
        #expect(header.attributes == BatchAttributes(codec: codec))
        #expect(header.recordCount == 6)
        #expect(header.lastOffset == Offset(5))
        #expect(header.baseTimestamp == 1_700_000_000_000)
        #expect(header.maxTimestamp == 1_700_003_600_000)
        #expect(header.producerID == .none)
        #expect(header.producerEpoch == .none)
        #expect(header.baseSequence == RecordBatchHeader.noSequence)
        #expect(try readBatch(batch) == Self.records)
    }

    @Test
    func `a zstd frame that does not state its size is read`() throws {
        #expect(try readBatch(Self.golden("kafka-python-zstd-unsized")) == Self.records)
    }

    @Test
    func `an idempotent batch of librdkafka is read`() throws {
        let batch = try Self.golden("librdkafka-idempotent")
        let header = try unsafe RecordBatchHeader(batch.span.bytes)
        #expect(header.producerID > .none)
        #expect(header.producerEpoch == ProducerEpoch(0))
        #expect(header.baseSequence == 0)
        #expect(header.lastSequence == 5)
        #expect(!header.attributes.isTransactional)
        #expect(try readBatch(batch) == Self.records)
    }

    @Test
    func `a transactional batch of librdkafka is read`() throws {
        let batch = try Self.golden("librdkafka-transactional")
        let header = try unsafe RecordBatchHeader(batch.span.bytes)
        #expect(header.producerID > .none)
        #expect(header.attributes == BatchAttributes(codec: .zstd, isTransactional: true))
        #expect(try readBatch(batch) == Self.records)
    }

    @Test(arguments: writers)
    func `uncompressed, ours is theirs byte for byte`(_ writer: String) throws {
        var ours = try sealedBatch(Self.records)
        var theirs = try Self.golden("\(writer)-none")
        // The leader epoch is whoever's stored the batch last; no checksum covers it.
        for position in 12..<16 {
            ours[position] = 0
            theirs[position] = 0
        }
        #expect(ours == theirs)
    }
}
