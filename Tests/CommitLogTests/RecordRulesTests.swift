import RecordFormat
import Testing

@testable import CommitLog

@Suite struct `A batch that nobody can decode` {
    private static let codecs: [Compression] = [.none, .gzip(), .snappy, .lz4(), .zstd()]

    /// Three records, all of one size.
    private let three = keyedBatch(["a", "b", "c"].map { KeyedRecord(key: $0, value: "1") })

    /// The encoded records of `batch` as one under this codec.
    private func compressed(_ batch: [UInt8], _ compression: Compression) throws -> [UInt8] {
        var rewriter = RecordBatchRewriter()
        let header = try unsafe RecordBatchHeader(batch.span.bytes)
        return try unsafe Array(
            rewriter.seal(
                records: batch.span.bytes.extracting(61..<batch.count), header: header,
                compression: compression))
    }

    private func refuses(
        _ batch: [UInt8], _ comment: Comment, topic: [String: String] = [:],
        where isExpected: (AppendError) -> Bool
    ) throws {
        let log = try TestLog(topic)
        do throws(AppendError) {
            try log.partition.append(bytes: batch)
            Issue.record("the batch was appended, \(comment)")
        } catch {
            #expect(isExpected(error), "\(error), \(comment)")
        }
        #expect(log.partition.logEndOffset == .zero)
    }

    @Test(arguments: ["producer", "zstd", "uncompressed"])
    func `is refused, whatever is wrong with it and whatever the topic`(kind: String) throws {
        let size = (three.count - 61) / 3
        // Length, attributes and time delta take a byte each.
        let delta = 61 + size + 3
        let malformed: [(String, ([UInt8]) -> [UInt8], Int?)] = [
            (
                "fewer records than it says",
                {
                    resealed($0) {
                        $0[60] = 4
                        $0[26] = 3
                    }
                }, 3
            ),
            (
                "more records than it says",
                {
                    resealed($0) {
                        $0[60] = 2
                        $0[26] = 1
                    }
                }, 2
            ),
            ("a record past the end", { resealed($0) { $0[61 + size] = 0x7e } }, 1),
            ("a null header key", { resealed($0) { $0[delta + 6] = 1 } }, 1),
        ]
        let deltas: [(String, UInt8, Int?)] = [
            ("repeated", 0, 0), ("falling", 1, nil), ("gap", 4, 2),
        ]
        #expect(three[delta..<delta + 7] == [2, 2, 0x62, 2, 0x31, 2, 12])
        for codec in Self.codecs {
            for (name, change, index) in malformed {
                let batch = try compressed(change(three), codec)
                try refuses(batch, "\(name), \(codec)", topic: ["compression.type": kind]) {
                    guard case .invalidRecord(let reason) = $0 else { return false }
                    return reason.recordIndex == index
                }
            }
            for (name, second, found) in deltas {
                let batch = try compressed(resealed(three) { $0[delta] = second }, codec)
                try refuses(batch, "\(name), \(codec)", topic: ["compression.type": kind]) {
                    guard let found else {
                        guard case .invalidRecord(let reason) = $0 else { return false }
                        return reason.recordIndex == 1
                    }
                    let record = RefusedRecords.Record(index: 1, fault: .offsetDelta(found))
                    return $0 == .refusedRecords(RefusedRecords([record]))
                }
            }
        }
    }

    @Test(arguments: [CompressionCodec.gzip, .snappy, .lz4, .zstd])
    func `is one of bytes that are no output of its codec`(codec: CompressionCodec) throws {
        for text in ["not compressed at all", "", "\0\0\0\0"] {
            let batch = resealed(three) { bytes in
                bytes.replaceSubrange(61..., with: Array(text.utf8))
                bytes[11] = UInt8(bytes.count - 12)
                bytes[22] = codec.rawValue
            }
            try refuses(batch, "\(codec), '\(text)'") {
                if case .invalidRecord = $0 { true } else { false }
            }
        }
    }

    @Test func `is one that decompresses to more than the bound`() throws {
        let batch = keyedBatch(
            [KeyedRecord(key: "a", value: String(repeating: "x", count: 100_000))],
            compression: .zstd())
        var reader = RecordBatchReader(maximumByteCount: 50_000)
        let header = try unsafe RecordBatchHeader(batch.span.bytes)
        #expect(throws: RecordFormatError.decompressedTooLarge(limit: 50_000)) {
            try unsafe reader.withRecords(
                of: batch.span.bytes, header: header, verifyChecksum: true
            ) { _ in }
        }
    }

    @Test func `names every record that breaks a rule, up to a bound`() throws {
        let log = try TestLog.compacted()
        let keys = (0..<100).map { $0 % 10 == 3 ? nil : "k\($0)" }
        let batch = keyedBatch(keys.map { KeyedRecord(key: $0, value: "1") })
        do throws(AppendError) {
            try log.partition.append(bytes: batch)
            Issue.record("the batch was appended")
        } catch {
            guard case .refusedRecords(let refused) = error else { throw error }
            #expect(refused.named.map(\.index) == (0..<10).map { $0 * 10 + 3 })
            #expect(refused.named.allSatisfy { $0.fault == .keyMissing })
            #expect(error.description.contains("10 records are refused"))
        }
        let many = keyedBatch((0..<3000).map { _ in KeyedRecord(key: nil, value: "1") })
        do throws(AppendError) {
            try log.partition.append(bytes: many)
            Issue.record("the batch was appended")
        } catch {
            guard case .refusedRecords(let refused) = error else { throw error }
            #expect(refused.count == 3000)
            #expect(refused.named.count == RefusedRecords.maximumNamedCount)
        }
    }

    @Test func `is stored where records are not looked at, and a damaged one where nothing is`()
        throws
    {
        let undecodable = resealed(three) { $0[22] = CompressionCodec.zstd.rawValue }
        let damaged = changed(three, at: three.count - 1)
        for (validation, isUndecodableStored, isDamagedStored) in [
            ("records", false, false), ("header", true, false), ("none", true, true),
        ] {
            let log = try TestLog(["weir.batch.validation": validation])
            #expect(((try? log.partition.append(bytes: undecodable)) != nil) == isUndecodableStored)
            #expect(((try? log.partition.append(bytes: damaged)) != nil) == isDamagedStored)
        }
    }

    @Test func `comes from no producer in this process, whose batches are not looked into`() throws
    {
        let log = try TestLog()
        let undecodable = resealed(three) { $0[22] = CompressionCodec.zstd.rawValue }
        try log.partition.append(bytes: undecodable, validation: .trusted)
        #expect(log.partition.logEndOffset == Offset(3))
    }
}
