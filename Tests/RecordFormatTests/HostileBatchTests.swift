import RecordFormat
import Testing

@Suite
struct HostileBatchTests {
    static let records = [
        ModelRecord(
            timestamp: 1_700_000_000_000, key: Array("key".utf8),
            value: [UInt8](repeating: 0x61, count: 90), headers: [("h", [1]), ("n", nil)]),
        ModelRecord(timestamp: 1_700_000_000_070, key: nil, value: Array("second".utf8)),
    ]

    @Test(arguments: CompressionTests.everyCodec)
    func `a batch cut anywhere is an error`(_ compression: Compression) throws {
        let batch = try sealedBatch(Self.records, compression: compression)
        for count in 0..<batch.count {
            #expect(throws: RecordFormatError.self) { try readBatch(Array(batch.prefix(count))) }
        }
    }

    @Test(arguments: CompressionTests.everyCodec)
    func `records cut anywhere are an error even where length and checksum are right`(
        _ compression: Compression
    ) throws {
        let batch = try sealedBatch(Self.records, compression: compression)
        for count in RecordBatchHeader.byteCount..<batch.count {
            let cut = resealed(batch, payload: Array(batch[RecordBatchHeader.byteCount..<count]))
            #expect(throws: RecordFormatError.self, "\(count) bytes") { try readBatch(cut) }
        }
    }

    @Test(arguments: CompressionTests.everyCodec)
    func `a flipped bit is an error wherever the checksum reaches`(
        _ compression: Compression
    ) throws {
        let batch = try sealedBatch(Self.records, compression: compression)
        var reader = RecordBatchReader(maximumByteCount: 1 << 20)
        for position in 0..<batch.count {
            for bit in 0..<8 {
                var flipped = batch
                flipped[position] ^= 1 << bit
                // Base offset and leader epoch are the log's to change.
                let isCovered = !(0..<8).contains(position) && !(12..<16).contains(position)
                do throws(RecordFormatError) {
                    let read = try readBatch(flipped, with: &reader)
                    #expect(!isCovered, "bit \(bit) of byte \(position)")
                    #expect(read == Self.records)
                } catch {
                    if case .invalidOffsets = error { continue }
                    #expect(isCovered, "bit \(bit) of byte \(position): \(error)")
                }
            }
        }
    }

    @Test(arguments: CompressionTests.everyCodec)
    func `bytes changed behind a right checksum never crash the reader`(
        _ compression: Compression
    ) throws {
        var generator = SeededGenerator()
        let batch = try sealedBatch(Self.records, compression: compression)
        var reader = RecordBatchReader(maximumByteCount: 1 << 20)
        var errors = 0
        for _ in 0..<5000 {
            var changed = batch
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let position = Int.random(in: 0..<batch.count, using: &generator)
                changed[position] = UInt8.random(in: 0...255, using: &generator)
            }
            do {
                _ = try readBatch(changed, with: &reader, verifyChecksum: false)
            } catch { errors += 1 }
        }
        #expect(errors > 0)
        #expect(try readBatch(batch, with: &reader) == Self.records, "the reader is still good")
    }

    @Test(
        arguments: [
            (CompressionCodec.gzip, 20 << 20), (.snappy, 4 << 20), (.lz4, 20 << 20),
            (.zstd, 20 << 20),
        ])
    func `a bomb is refused`(_ codec: CompressionCodec, _ byteCount: Int) throws {
        let limit = 2 << 20
        let records = [
            ModelRecord(timestamp: 1, key: nil, value: [UInt8](repeating: 0, count: byteCount))
        ]
        let batch = try sealedBatch(records, compression: Compression(codec))
        #expect(batch.count < byteCount / 15)
        #expect(throws: RecordFormatError.decompressedTooLarge(limit: limit)) {
            try readBatch(batch, maximumByteCount: limit)
        }
        #expect(throws: Never.self) { try readBatch(batch, maximumByteCount: byteCount + 100) }
    }

    @Test(arguments: CompressionTests.everyCodec.filter { $0.codec != .none })
    func `a batch of exactly the bound is read, one byte more is not`(
        _ compression: Compression
    ) throws {
        let records = [
            ModelRecord(timestamp: 1, key: nil, value: [UInt8](repeating: 7, count: 100_000))
        ]
        let uncompressed = try sealedBatch(records).count - RecordBatchHeader.byteCount
        let batch = try sealedBatch(records, compression: compression)
        #expect(try readBatch(batch, maximumByteCount: uncompressed) == records)
        #expect(throws: RecordFormatError.decompressedTooLarge(limit: uncompressed - 1)) {
            try readBatch(batch, maximumByteCount: uncompressed - 1)
        }
    }

    @Test
    func `a size that is only claimed is refused without memory`() throws {
        let limit = 1 << 20
        let batch = try sealedBatch(Self.records, compression: .zstd())
        // A zstd frame header: magic, descriptor (single segment, 8-byte size), a size of 2^40.
        let zstd = resealed(
            batch, payload: [0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0])
        #expect(throws: RecordFormatError.decompressedTooLarge(limit: limit)) {
            try readBatch(zstd, maximumByteCount: limit)
        }
        // Raw snappy of a few bytes that claim 64 KiB and 1 GiB, more than they could stand for.
        let snappyBatch = try sealedBatch(Self.records, compression: .snappy)
        for claim: [UInt8] in [[0x80, 0x80, 0x04, 0], [0x80, 0x80, 0x80, 0x80, 0x04, 0]] {
            #expect(throws: RecordFormatError.codecFailed(.snappy, code: 1)) {
                try readBatch(resealed(snappyBatch, payload: claim))
            }
        }
    }

    @Test
    func `headers of impossible structure are refused`() throws {
        let batch = try sealedBatch(Self.records)
        func refuses(_ error: RecordFormatError, at position: Int, _ bytes: [UInt8]) {
            var changed = batch
            changed.replaceSubrange(position..<(position + bytes.count), with: bytes)
            #expect(throws: error) { _ = try unsafe RecordBatchHeader(changed.span.bytes) }
        }
        refuses(.invalidBatchLength(48), at: 8, [0, 0, 0, 48])
        refuses(.invalidBatchLength(-1), at: 8, [255, 255, 255, 255])
        refuses(.invalidMagic(1), at: 16, [1])
        refuses(.unknownCodec(7), at: 22, [7])
        refuses(.invalidRecordCount(-1), at: 57, [255, 255, 255, 255])
        refuses(.invalidRecordCount(3), at: 57, [0, 0, 0, 3])
        refuses(.invalidRecordCount(.max), at: 57, [127, 255, 255, 255])
        refuses(
            .invalidOffsets(baseOffset: 0, lastOffsetDelta: -1), at: 23, [255, 255, 255, 255])
        refuses(
            .invalidOffsets(baseOffset: .max, lastOffsetDelta: 1), at: 0,
            [127, 255, 255, 255, 255, 255, 255, 255])
        // 2^31 − 1 records in as many offsets, but few bytes.
        refuses(
            .invalidRecordCount(.max), at: 23,
            [127, 255, 255, 254] + Array(batch[27..<57]) + [127, 255, 255, 255])
        // The longest batch that a length can state.
        var longest = batch
        longest.replaceSubrange(8..<12, with: [127, 255, 255, 255])
        let header = try unsafe RecordBatchHeader(longest.span.bytes)
        #expect(header.sizeInBytes == Int(Int32.max) + 12)
        #expect(
            throws: RecordFormatError.truncated(
                needed: header.sizeInBytes, available: longest.count)
        ) { try readBatch(longest) }
    }

    @Test
    func `records of impossible structure are refused`() throws {
        func refuses(
            _ error: RecordFormatError, _ payload: [UInt8], count: Int = 1,
            sourceLocation: SourceLocation = #_sourceLocation
        ) {
            #expect(throws: error, sourceLocation: sourceLocation) {
                var iterator = unsafe RecordIterator(payload.span.bytes, count: count)
                while let record = try iterator.next() {
                    var headers = iterator.headers(of: record)
                    while try headers.next() != nil {}
                }
            }
        }
        let good: [UInt8] = [12, 0, 0, 0, 1, 1, 0]  // nulls and no headers
        refuses(.truncated(needed: 8, available: 7), good, count: .max)
        refuses(.trailingBytes(7), good + good)
        refuses(.truncated(needed: 1, available: 0), [])
        refuses(.invalidLength(0, position: 0), [0])
        refuses(.invalidLength(-1, position: 0), [1])
        refuses(.invalidLength(7, position: 0), [14, 0, 0, 0, 1, 1, 0])  // past the end
        refuses(.invalidVarint(position: 0), [255, 255, 255, 255, 255, 255, 1])
        refuses(.truncated(needed: 3, available: 2), [0x80, 0x80])
        // An eleven-byte and an overflowing timestamp delta.
        refuses(
            .invalidVarint(position: 2),
            [32, 0] + [UInt8](repeating: 255, count: 10) + [1, 0, 1, 1, 0])
        refuses(
            .invalidVarint(position: 2),
            [30, 0] + [UInt8](repeating: 255, count: 9) + [2, 0, 1, 1, 0])
        refuses(.invalidLength(-1, position: 0), [12, 0, 0, 1, 1, 1, 0])  // offset delta −1
        refuses(.invalidLength(-2, position: 4), [12, 0, 0, 0, 3, 1, 0])  // key of −2
        refuses(.invalidLength(3, position: 4), [12, 0, 0, 0, 6, 1, 0])  // key past the end
        refuses(.invalidLength(2, position: 5), [12, 0, 0, 0, 1, 4, 0])  // value past the end
        refuses(.truncated(needed: 7, available: 6), [10, 0, 0, 0, 1, 1])  // no header count
        refuses(.recordLengthMismatch(position: 0), [14, 0, 0, 0, 1, 1, 0, 0])
        refuses(.invalidLength(-1, position: 0), [12, 0, 0, 0, 1, 1, 1])  // −1 headers
        refuses(.invalidLength(1, position: 0), [12, 0, 0, 0, 1, 1, 2])  // one, of no bytes
        refuses(.invalidLength(-1, position: 7), [16, 0, 0, 0, 1, 1, 2, 1, 1])  // null key
        refuses(.invalidLength(-2, position: 8), [16, 0, 0, 0, 1, 1, 2, 0, 3])
        refuses(.invalidLength(1, position: 8), [16, 0, 0, 0, 1, 1, 2, 0, 2])
        refuses(.recordLengthMismatch(position: 9), [18, 0, 0, 0, 1, 1, 2, 0, 1, 0])
        refuses(
            .invalidLength(Int64(Int32.max), position: 4),
            [20, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff, 0x0f, 1, 0])  // a key of 2^31 − 1
    }

    @Test
    func `a marker of another kind is refused`() throws {
        for (key, value) in [
            ([0, 0, 0, 2], [0, 0, 0, 0, 0, 0]), ([0, 0, 0], [0, 0, 0, 0, 0, 0]),
            ([0, 0, 0, 1], [0, 0, 0, 0, 0]), ([255, 255, 0, 1], [0, 0, 0, 0, 0, 0]),
        ] as [([UInt8], [UInt8])] {
            let batch = try sealedBatch([ModelRecord(timestamp: 1, key: key, value: value)])
            let payload = Array(batch.dropFirst(RecordBatchHeader.byteCount))
            #expect(throws: RecordFormatError.invalidControlRecord) {
                var iterator = unsafe RecordIterator(payload.span.bytes, count: 1)
                if let record = try iterator.next() {
                    _ = try ControlRecord(record, in: iterator.bytes)
                }
            }
        }
    }
}
