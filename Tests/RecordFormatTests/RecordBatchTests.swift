import RecordFormat
import Testing

@Suite
struct RecordBatchTests {
    static let records = [
        ModelRecord(timestamp: 1_700_000_000_123, key: Array("order-1".utf8), value: [1, 2, 3]),
        ModelRecord(timestamp: 1_700_000_000_120, key: nil, value: Array("keyless".utf8)),
        ModelRecord(timestamp: 1_700_000_000_999, key: [], value: nil),
        ModelRecord(
            timestamp: 1_700_000_000_124, key: [0xff], value: [],
            headers: [("trace", [9, 8, 7]), ("trace", nil), ("", [])]),
    ]

    @Test
    func `records are read as they were appended`() throws {
        #expect(try readBatch(sealedBatch(Self.records)) == Self.records)
    }

    @Test
    func `the bytes of a batch are those of the specification`() throws {
        var builder = try RecordBatchBuilder(batchSize: 1024)
        try builder.mustAppend(
            timestamp: 1000, key: [0x6b], value: [0x76], headers: RecordHeaders([("h", nil)]))
        try builder.mustAppend(timestamp: 1064, key: nil, value: [], headers: .empty)
        try builder.seal(
            producerID: ProducerID(7), producerEpoch: ProducerEpoch(2), baseSequence: 5,
            isTransactional: true)
        let expected: [UInt8] =
            [0, 0, 0, 0, 0, 0, 0, 0]  // baseOffset
            + [0, 0, 0, 69]  // batchLength: 49 of header, 12 and 8 of records
            + [0xff, 0xff, 0xff, 0xff, 2]  // partitionLeaderEpoch, magic
            + [0, 0, 0, 0]  // crc, compared below
            + [0, 0x10, 0, 0, 0, 1]  // attributes: transactional; lastOffsetDelta
            + [0, 0, 0, 0, 0, 0, 0x03, 0xe8]  // baseTimestamp 1000
            + [0, 0, 0, 0, 0, 0, 0x04, 0x28]  // maxTimestamp 1064
            + [0, 0, 0, 0, 0, 0, 0, 7, 0, 2, 0, 0, 0, 5]  // producer id, epoch, baseSequence
            + [0, 0, 0, 2]  // recordCount
            // length 11, attributes, timestampDelta 0, offsetDelta 0, key, value, one header
            + [22, 0, 0, 0, 2, 0x6b, 2, 0x76, 2, 2, 0x68, 1]
            // length 7, attributes, timestampDelta 64, offsetDelta 1, null key, empty value
            + [14, 0, 0x80, 0x01, 2, 1, 0, 0]
        var sealed = builder.withSealed { $0.array }
        let header = try unsafe RecordBatchHeader(sealed.span.bytes)
        let computed = unsafe CRC32C.checksum(sealed.span.bytes.extracting(21...))
        #expect(header.crc == computed)
        sealed.replaceSubrange(17..<21, with: [0, 0, 0, 0])
        #expect(sealed == expected)
    }

    @Test
    func `the header tells what the builder was told`() throws {
        var builder = try RecordBatchBuilder(batchSize: 4096)
        for record in Self.records {
            try builder.mustAppend(
                timestamp: record.timestamp, key: record.key, value: record.value,
                headers: record.encodedHeaders)
        }
        let uncompressedByteCount = builder.uncompressedByteCount
        try builder.seal(
            producerID: ProducerID(4711), producerEpoch: ProducerEpoch(3),
            baseSequence: Int32.max - 1, isControl: true)
        let header = try builder.withSealed { (bytes) throws(RecordFormatError) in
            try RecordBatchHeader(bytes)
        }
        #expect(header.sizeInBytes == uncompressedByteCount)
        #expect(header.baseOffset == .zero)
        #expect(header.lastOffset == Offset(3))
        #expect(header.nextOffset == Offset(4))
        #expect(header.recordCount == 4)
        #expect(header.partitionLeaderEpoch == .none)
        #expect(header.baseTimestamp == 1_700_000_000_123)
        #expect(header.maxTimestamp == 1_700_000_000_999)
        #expect(header.producerID == ProducerID(4711))
        #expect(header.producerEpoch == ProducerEpoch(3))
        #expect(header.baseSequence == Int32.max - 1)
        #expect(header.lastSequence == 1, "sequences wrap from Int32.max to 0")
        #expect(header.attributes.isControl)
        #expect(!header.attributes.isTransactional)
        #expect(header.attributes.timestampType == .createTime)
    }

    @Test
    func `a record that does not fit is refused and changes nothing`() throws {
        var builder = try RecordBatchBuilder(batchSize: 61 + 17)
        let value = [UInt8](repeating: 1, count: 10)  // a record of 17 bytes
        try builder.mustAppend(timestamp: 5, key: nil, value: value)
        #expect(builder.uncompressedByteCount == 61 + 17)
        try builder.mustRefuse(timestamp: 9, key: nil, value: [])
        #expect(builder.recordCount == 1)
        #expect(builder.maxTimestamp == 5)
        try builder.seal()
        #expect(
            try readBatch(builder.withSealed { $0.array })
                == [ModelRecord(timestamp: 5, key: nil, value: value)])
    }

    @Test
    func `a first record larger than the batch is admitted alone`() throws {
        var builder = try RecordBatchBuilder(batchSize: 100)
        let value = [UInt8](repeating: 7, count: 100_000)
        for _ in 0..<2 {
            try builder.mustAppend(timestamp: 1, key: nil, value: value)
            try builder.mustRefuse(timestamp: 1, key: nil, value: [])
            try builder.seal()
            #expect(try readBatch(builder.withSealed { $0.array }).map(\.value) == [value])
            builder.reset()
        }
    }

    @Test
    func `a sealed batch takes no records until it is reset`() throws {
        var builder = try RecordBatchBuilder(batchSize: 1000)
        try builder.mustAppend(timestamp: 1, key: nil, value: [1])
        try builder.seal()
        try builder.mustRefuse(timestamp: 2, key: nil, value: [2])
        builder.reset()
        #expect(builder.recordCount == 0)
        try builder.mustAppend(timestamp: 3, key: nil, value: [3])
        try builder.seal()
        #expect(
            try readBatch(builder.withSealed { $0.array })
                == [ModelRecord(timestamp: 3, key: nil, value: [3])])
    }

    @Test
    func `sealing again changes the producer and keeps the records`() throws {
        var builder = try RecordBatchBuilder(batchSize: 1000)
        try builder.mustAppend(timestamp: 1, key: nil, value: [1])
        try builder.seal(
            producerID: ProducerID(1), producerEpoch: ProducerEpoch(0), baseSequence: 10)
        try builder.seal(
            producerID: ProducerID(1), producerEpoch: ProducerEpoch(1), baseSequence: 0)
        let batch = builder.withSealed { $0.array }
        #expect(try readBatch(batch).count == 1)
        let header = try unsafe RecordBatchHeader(batch.span.bytes)
        #expect(header.producerEpoch == ProducerEpoch(1))
        #expect(header.baseSequence == 0)
    }

    @Test
    func `offset and epoch are patched without touching the checksum`() throws {
        var batch = try sealedBatch(Self.records)
        let before = try unsafe RecordBatchHeader(batch.span.bytes)
        unsafe batch.withUnsafeMutableBytes {
            unsafe RecordBatchHeader.patch(
                baseOffset: Offset(1 << 40), leaderEpoch: LeaderEpoch(6), in: $0)
        }
        let after = try unsafe RecordBatchHeader(batch.span.bytes)
        #expect(after.baseOffset == Offset(1 << 40))
        #expect(after.lastOffset == Offset(1 << 40).advanced(by: 3))
        #expect(after.partitionLeaderEpoch == LeaderEpoch(6))
        #expect(after.crc == before.crc)
        #expect(try readBatch(batch) == Self.records)
    }

    @Test
    func `log append time and producer are patched with a new checksum`() throws {
        var batch = try sealedBatch(Self.records)
        unsafe batch.withUnsafeMutableBytes {
            unsafe RecordBatchHeader.patchLogAppendTime(1_800_000_000_000, in: $0)
            unsafe RecordBatchHeader.patchProducer(
                id: ProducerID(9), epoch: ProducerEpoch(8), baseSequence: 7, in: $0)
        }
        let header = try unsafe RecordBatchHeader(batch.span.bytes)
        #expect(header.attributes.timestampType == .logAppendTime)
        #expect(header.maxTimestamp == 1_800_000_000_000)
        #expect(header.baseTimestamp == Self.records[0].timestamp)
        #expect(header.producerID == ProducerID(9))
        #expect(header.producerEpoch == ProducerEpoch(8))
        #expect(header.baseSequence == 7)
        #expect(try readBatch(batch) == Self.records)
    }

    @Test
    func `a record has the offset and the time that its batch gives it`() throws {
        var batch = try sealedBatch(Self.records)
        func places() throws -> [[Int64]] {
            let bytes = unsafe batch.span.bytes
            let header = try RecordBatchHeader(bytes)
            var reader = RecordBatchReader()
            return try reader.withRecords(of: bytes, header: header, verifyChecksum: true) {
                (records) throws(RecordFormatError) in
                var places: [[Int64]] = []
                while let record = try records.next() {
                    places.append([
                        header.offset(of: record).rawValue, header.timestamp(of: record),
                    ])
                }
                return places
            }
        }
        unsafe batch.withUnsafeMutableBytes {
            unsafe RecordBatchHeader.patch(
                baseOffset: Offset(100), leaderEpoch: LeaderEpoch(0), in: $0)
        }
        #expect(
            try places() == Self.records.enumerated().map { [100 + Int64($0), $1.timestamp] })
        unsafe batch.withUnsafeMutableBytes {
            unsafe RecordBatchHeader.patchLogAppendTime(5, in: $0)
        }
        #expect(try places() == (0..<4).map { [100 + $0, 5] })
    }

    @Test
    func `a transaction marker is written and read`() throws {
        let marker = ControlRecord(kind: .commit, coordinatorEpoch: 0x0102_0304)
        #expect(marker.keyBytes == [0, 0, 0, 1])
        #expect(marker.valueBytes == [0, 0, 1, 2, 3, 4])
        var builder = try RecordBatchBuilder(batchSize: 200)
        try builder.mustAppend(timestamp: 1, key: marker.keyBytes, value: marker.valueBytes)
        try builder.seal(
            producerID: ProducerID(1), producerEpoch: ProducerEpoch(0), isTransactional: true,
            isControl: true)
        var reader = RecordBatchReader()
        let read = try builder.withSealed { (batch) throws(RecordFormatError) in
            try reader.withRecords(
                of: batch, header: RecordBatchHeader(batch), verifyChecksum: true
            ) { (records) throws(RecordFormatError) in
                let record = try records.next()
                return try record.map { (record) throws(RecordFormatError) in
                    try ControlRecord(record, in: records.bytes)
                }
            }
        }
        #expect(read == marker)
    }

    @Test
    func `headers are encoded once and overwritten in place`() throws {
        var headers = RecordHeaders([("a", [0]), ("stamp", [1, 1, 1, 1])])
        let position = headers.valuePositions[1]
        unsafe headers.withUnsafeMutableBytes { bytes in
            for index in 0..<4 { unsafe bytes[position + index] = UInt8(index) }
        }
        #expect(headers == RecordHeaders([("a", [0]), ("stamp", [0, 1, 2, 3])]))
        #expect(RecordHeaders.empty.bytes == [0])
    }
}
