import RecordFormat
import Testing

@testable import CommitLog

@Suite struct `Records on append` {
    private static let codecs: [Compression] = [.none, .gzip(), .snappy, .lz4(), .zstd()]
    private let records: [KeyedRecord] = (0..<50).map { (index: Int) -> KeyedRecord in
        let key: String? = index % 5 == 0 ? nil : "key \(index)"
        let value: String? = index % 7 == 0 ? nil : "value \(index)"
        return KeyedRecord(key: key, value: value, timestamp: testTimeMs - 1000 + Int64(index))
    }

    @Test(arguments: ["uncompressed", "gzip", "snappy", "lz4", "zstd"])
    func `a batch of another codec is re-encoded, and else the same`(kind: String) throws {
        for compression in Self.codecs {
            let log = try TestLog(["compression.type": kind])
            let bytes = keyedBatch(
                records, producerID: 5, epoch: 2, sequence: 9, isTransactional: true,
                compression: compression)
            let original = try unsafe readBatches(bytes.span.bytes)[0].header
            try log.partition.put("first", "1")
            #expect(try log.partition.append(bytes: bytes).baseOffset == Offset(1))
            let stored = try log.partition.batches()[1]
            let expected = kind == "uncompressed" ? "none" : kind
            #expect(stored.header.attributes.codec.name == expected)
            #expect(stored.records.map(\.record) == records)
            #expect(stored.records.map(\.offset) == Array(1...50))
            var header = stored.header
            header.baseOffset = original.baseOffset
            header.partitionLeaderEpoch = original.partitionLeaderEpoch
            header.batchLength = original.batchLength
            header.crc = original.crc
            header.attributes.codec = original.attributes.codec
            #expect(header == original)
            // A repeated batch is still known.
            #expect(try log.partition.append(bytes: bytes).isDuplicate)
            try log.crash()
            #expect(try log.partition.batches()[1].records.map(\.record) == records)
        }
    }

    @Test func `with producer a batch stays byte for byte`() throws {
        for compression in Self.codecs {
            let log = try TestLog(["compression.type": "producer"])
            let bytes = keyedBatch(records, compression: compression)
            try log.partition.append(bytes: bytes)
            let stored = readFile(log.file(0, ".log")).prefix(bytes.count)
            #expect(Array(stored[17...]) == Array(bytes[17...]))
        }
    }

    @Test func `LogAppendTime holds for what is re-encoded, too`() throws {
        let log = try TestLog([
            "compression.type": "zstd", "message.timestamp.type": "LogAppendTime",
        ])
        let result = try log.partition.append(bytes: keyedBatch(records))
        #expect(result.logAppendTimeMs == log.clock.nowMs)
        let batch = try log.partition.batches()[0]
        #expect(batch.header.attributes.timestampType == .logAppendTime)
        #expect(batch.header.attributes.codec == .zstd)
        #expect(batch.records.allSatisfy { $0.record.timestamp == log.clock.nowMs })
    }

    @Test func `the level is the topic's`() throws {
        let text = String(repeating: "one two three four five six ", count: 2000)
        func stored(_ level: String) throws -> Int {
            let log = try TestLog(["compression.type": "zstd", "compression.zstd.level": level])
            try log.partition.put("a", text)
            return log.partition.byteCount
        }
        let fast = try stored("-50")
        let strong = try stored("19")
        #expect(strong < fast)
    }

    @Test func `what is too large only once it is decompressed is refused`() throws {
        let log = try TestLog(["compression.type": "uncompressed", "max.message.bytes": "5000"])
        let bytes = keyedBatch(
            [KeyedRecord(key: "a", value: String(repeating: "x", count: 50_000))],
            compression: .zstd())
        #expect(bytes.count < 1000)
        #expect {
            try log.partition.append(bytes: bytes)
        } throws: { error in
            guard case .messageTooLarge(let byteCount, 5000)? = error as? AppendError else {
                return false
            }
            return byteCount > 50_000
        }
        #expect(log.partition.logEndOffset == .zero)
    }

    @Test func `a batch that does not decompress is refused, though its checksum is right`() throws
    {
        let log = try TestLog(["compression.type": "lz4"])
        var bytes = keyedBatch(records, compression: .zstd())
        bytes.replaceSubrange(70..<80, with: [UInt8](repeating: 0xff, count: 10))
        unsafe bytes.withUnsafeMutableBytes { unsafe RecordBatchHeader.patchChecksum(in: $0) }
        #expect {
            try log.partition.append(bytes: bytes)
        } throws: { error in
            if case .invalidRecord(.notDecodable)? = error as? AppendError { true } else { false }
        }
    }

    @Test func `a compacted topic refuses a record without a key, and says which`() throws {
        for compression in Self.codecs {
            let log = try TestLog.compacted()
            let bytes = keyedBatch(
                ["a", "b", nil, "c"].map { KeyedRecord(key: $0, value: "1") },
                compression: compression)
            let error = AppendError.refusedRecords(
                RefusedRecords([.init(index: 2, fault: .keyMissing)]))
            #expect(throws: error) { try log.partition.append(bytes: bytes) }
            #expect(error.description.contains("record 2"))
            #expect(log.partition.logEndOffset == .zero)
            // An empty key is one.
            try log.partition.put("", "1")
            #expect(try log.partition.keyedRecords().count == 1)
        }
    }

    @Test func `offset deltas that do not count up are refused`() throws {
        let log = try TestLog.compacted()
        var bytes = keyedBatch(["a", "b", "c"].map { KeyedRecord(key: $0, value: "1") })
        let size = (bytes.count - 61) / 3
        // Length, attributes and time delta take a byte each.
        bytes[61 + size + 3] = 4
        unsafe bytes.withUnsafeMutableBytes { unsafe RecordBatchHeader.patchChecksum(in: $0) }
        #expect(
            throws: AppendError.refusedRecords(
                RefusedRecords([.init(index: 1, fault: .offsetDelta(2))]))
        ) { try log.partition.append(bytes: bytes) }
        // A record that reaches past the end.
        bytes[61 + size + 3] = 2
        bytes[61 + size] = 0x7e
        unsafe bytes.withUnsafeMutableBytes { unsafe RecordBatchHeader.patchChecksum(in: $0) }
        #expect {
            try log.partition.append(bytes: bytes)
        } throws: { error in
            guard case .invalidRecord(let reason)? = error as? AppendError else { return false }
            return reason.recordIndex == 1
        }
    }

    @Test func `a record's time is held against the range, though the header's are in it`() throws {
        let log = try TestLog.compacted(["message.timestamp.before.max.ms": "1000"])
        let times = [testTimeMs, testTimeMs - 5000, testTimeMs]
        let bytes = keyedBatch(times.map { KeyedRecord(key: "a", value: "1", timestamp: $0) })
        #expect(
            throws: AppendError.refusedRecords(
                RefusedRecords([
                    .init(
                        index: 1,
                        fault: .timestamp(
                            testTimeMs - 5000, allowed: testTimeMs - 1000...testTimeMs + 3_600_000))
                ]))
        ) { try log.partition.append(bytes: bytes) }
    }

    @Test func `markers are stored as they are`() throws {
        let log = try TestLog.compacted(["compression.type": "zstd"])
        try log.partition.append(
            bytes: keyedBatch(
                [KeyedRecord(key: "a", value: "1")], producerID: 1, epoch: 0, sequence: 0,
                isTransactional: true))
        try log.partition.append(bytes: marker(.commit, producerID: 1), origin: .coordinator)
        #expect(try log.partition.batches().map(\.header.attributes.codec) == [.zstd, .none])
    }
}
