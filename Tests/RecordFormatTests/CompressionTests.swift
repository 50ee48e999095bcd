import RecordFormat
import Testing

@Suite
struct CompressionTests {
    static let everyCodec = CompressionCodec.allCases.map { Compression($0) }

    @Test(arguments: everyCodec)
    func `random batches are read as they were written`(_ compression: Compression) throws {
        var generator = SeededGenerator()
        var reader = RecordBatchReader()
        var builder = try RecordBatchBuilder(batchSize: 200_000, compression: compression)
        for _ in 0..<15 {
            let largestValue = [10, 300, 20_000].randomElement(using: &generator)!
            var records: [ModelRecord] = []
            for _ in 0..<Int.random(in: 1...150, using: &generator) {
                let record = generator.record(largestValue: largestValue)
                let appended = builder.append(
                    timestamp: record.timestamp, key: record.key, value: record.value,
                    headers: record.encodedHeaders)
                if !appended { break }
                records.append(record)
            }
            try builder.seal()
            let batch = builder.withSealed { $0.array }
            let header = try unsafe RecordBatchHeader(batch.span.bytes)
            #expect(header.attributes.codec == compression.codec)
            #expect(Int(header.recordCount) == records.count)
            #expect(header.baseTimestamp == records[0].timestamp)
            #expect(header.maxTimestamp == records.map(\.timestamp).max())
            #expect(try readBatch(batch, with: &reader) == records)
            builder.reset()
        }
    }

    @Test
    func `every level of every codec is written and read`() throws {
        var generator = SeededGenerator()
        let value = generator.text(count: 70_000)
        let records = [ModelRecord(timestamp: 1, key: nil, value: value)]
        let zstdLevels = try #require(CompressionCodec.zstd.levels)
        #expect(zstdLevels.upperBound == 22)
        let levels: [Compression] =
            [.none, .snappy, .gzip(-1)] + (1...9).map { .gzip($0) } + (1...17).map { .lz4($0) }
            + ([zstdLevels.lowerBound] + Array(-7...22)).map { .zstd($0) }
        for compression in levels {
            let batch = try sealedBatch(records, compression: compression)
            #expect(try readBatch(batch) == records, "\(compression)")
            if compression.codec != .none, compression.level ?? 0 > -2 {
                #expect(batch.count < value.count, "\(compression) compresses text")
            }
        }
    }

    @Test(arguments: everyCodec)
    func `what cannot be compressed is still read back`(_ compression: Compression) throws {
        var generator = SeededGenerator()
        for count in [0, 1, 32_767, 32_768, 65_536, 200_000] {
            let records = [
                ModelRecord(timestamp: 1, key: nil, value: generator.bytes(count: count))
            ]
            let batch = try sealedBatch(records, compression: compression)
            #expect(try readBatch(batch) == records)
        }
    }

    @Test(arguments: everyCodec)
    func `the bound is never exceeded`(_ compression: Compression) throws {
        var generator = SeededGenerator()
        var compressor = try Compressor(compression)
        for count in [0, 1, 15, 1000, 32_768, 32_769, 65_535, 65_536, 65_537, 300_000] {
            let input = generator.bytes(count: count)
            let bound = compressor.bound(count)
            var output = [UInt8](repeating: 0, count: bound)
            let written = try compress(input, into: &output, with: &compressor)
            #expect(written <= bound)
            guard bound > 0 else { continue }
            #expect(throws: RecordFormatError.outputTooSmall(needed: bound, available: bound - 1)) {
                var small = [UInt8](repeating: 0, count: bound - 1)
                var another = try Compressor(compression)
                _ = try compress(input, into: &small, with: &another)
            }
        }
    }

    @Test
    func `a level that a codec does not have is refused`() {
        let wrong: [Compression] = [
            .gzip(0), .gzip(10), .lz4(0), .lz4(18), .zstd(23), .zstd(Int.min),
            Compression(.snappy, level: 1), Compression(.none, level: 0),
        ]
        for compression in wrong {
            #expect(
                throws: RecordFormatError.invalidLevel(
                    compression.codec, level: compression.level!)
            ) { _ = try Compressor(compression) }
        }
    }

    @Test
    func `compressions are named as compression type names them`() {
        #expect(
            CompressionCodec.allCases.map(\.name) == ["none", "gzip", "snappy", "lz4", "zstd"])
        for codec in CompressionCodec.allCases {
            #expect(CompressionCodec(name: codec.name) == codec)
        }
        #expect(CompressionCodec(name: "brotli") == nil)
        #expect(Compression.zstd(3).description == "zstd:3")
        #expect(Compression.lz4().description == "lz4")
    }

    @Test
    func `snappy is framed as the Java client frames it, and read raw too`() throws {
        let records = [ModelRecord(timestamp: 1, key: nil, value: Array("snappy".utf8))]
        let batch = try sealedBatch(records, compression: .snappy)
        let framing: [UInt8] = [0x82] + Array("SNAPPY".utf8) + [0, 0, 0, 0, 1, 0, 0, 0, 1]
        #expect(Array(batch[61..<77]) == framing)
        // One block, which is raw snappy: the length, then the bytes.
        let blockByteCount = Int(batch[80])
        #expect(batch.count == 81 + blockByteCount)
        let raw = resealed(batch, payload: Array(batch[81...]))
        #expect(try readBatch(raw) == records)
    }

    @Test
    func `lz4 frames have the Java client's descriptor`() throws {
        let batch = try sealedBatch(
            [ModelRecord(timestamp: 1, key: nil, value: [1])], compression: .lz4())
        #expect(Array(batch[61..<68]) == [0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82])
        #expect(Array(batch.suffix(4)) == [0, 0, 0, 0])
    }
}

/// Compresses arrays; the compressor's own interface takes pointers.
func compress(
    _ input: [UInt8], into output: inout [UInt8], with compressor: inout Compressor
) throws(RecordFormatError) -> Int {
    var result = Result<Int, RecordFormatError>.success(0)
    unsafe input.withUnsafeBytes { source in
        unsafe output.withUnsafeMutableBytes { target in
            do throws(RecordFormatError) {
                result = .success(try unsafe compressor.compress(source, into: target))
            } catch { result = .failure(error) }
        }
    }
    return try result.get()
}

/// `batch` with other bytes behind its header, length and checksum made right.
func resealed(_ batch: [UInt8], payload: [UInt8]) -> [UInt8] {
    var bytes = Array(batch.prefix(RecordBatchHeader.byteCount)) + payload
    let length = Int32(bytes.count - RecordBatchHeader.overheadByteCount)
    unsafe bytes.withUnsafeMutableBytes {
        unsafe $0.storeBytes(of: length.bigEndian, toByteOffset: 8, as: Int32.self)
        unsafe RecordBatchHeader.patchChecksum(in: $0)
    }
    return bytes
}
