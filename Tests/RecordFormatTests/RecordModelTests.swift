import RecordFormat
import Testing

/// Encoder and decoder have a fast path for usual records and a careful one for the rest: both are held
/// against the model.
@Suite
struct RecordModelTests {
    static func uncompressedRecords(_ records: [ModelRecord]) throws -> [UInt8] {
        let batch = try sealedBatch(records, batchSize: 64 << 20)
        return Array(batch.dropFirst(RecordBatchHeader.byteCount))
    }

    @Test
    func `records are encoded as the model encodes them`() throws {
        var generator = SeededGenerator()
        for _ in 0..<60 {
            let largestValue = [3, 70, 300, 9000].randomElement(using: &generator)!
            let records = (0..<Int.random(in: 1...120, using: &generator)).map { _ in
                generator.record(largestValue: largestValue)
            }
            #expect(try Self.uncompressedRecords(records) == ModelCodec.encode(records))
        }
    }

    @Test
    func `values with padding are encoded as others are, up to the end of a batch`() throws {
        let padding = RecordBatchBuilder.valuePadding
        let noHeaders = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
        for count in 0...600 {
            let padded = [UInt8](repeating: 1, count: count) + [UInt8](repeating: 2, count: padding)
            // The second record, the first of the usual ones, ends a batch exactly or nearly.
            for room in [0, 1, 40, 200] {
                let batchSize = RecordBatchHeader.byteCount + 2 * count + 20 + room
                var one = try RecordBatchBuilder(batchSize: batchSize)
                var other = try RecordBatchBuilder(batchSize: batchSize)
                unsafe padded.withUnsafeBytes { bytes in
                    let value = unsafe UnsafeRawBufferPointer(rebasing: bytes[..<count])
                    while unsafe one.append(
                        timestamp: 7, key: nil, value: value, headers: noHeaders,
                        valueIsPadded: true)
                    {}
                    while unsafe other.append(
                        timestamp: 7, key: nil, value: value, headers: noHeaders)
                    {}
                }
                try one.seal()
                try other.seal()
                #expect(one.recordCount >= 2)
                #expect(one.withSealed { $0.array } == other.withSealed { $0.array })
            }
        }
    }

    @Test
    func `a run of values is encoded as they are one by one, from batch to batch`() throws {
        var generator = SeededGenerator()
        let noHeaders = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
        for _ in 0..<200 {
            let largest = [3, 70, 300, 9000].randomElement(using: &generator)!
            let values = (0..<Int.random(in: 1...80, using: &generator)).map { _ in
                Int.random(in: 0...largest, using: &generator)
            }
            let timestamps = [7, 7 + Int64.random(in: -3...(1 << 20), using: &generator)]
            let batchSize = Int.random(in: 61...(3 * largest + 400), using: &generator)
            let bytes = (0..<(largest + RecordBatchBuilder.valuePadding)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            var one = try RecordBatchBuilder(batchSize: batchSize)
            var other = try RecordBatchBuilder(batchSize: batchSize)
            try unsafe bytes.withUnsafeBytes { bytes in
                func value(_ place: Int) -> UnsafeRawBufferPointer {
                    unsafe UnsafeRawBufferPointer(rebasing: bytes[..<values[place]])
                }
                var place = 0
                while place < values.count {
                    let end = min(place + Int.random(in: 1...9, using: &generator), values.count)
                    let timestamp = timestamps[place > values.count / 2 ? 1 : 0]
                    let count = unsafe one.append(
                        place..<end, timestamp: timestamp, value: value)
                    for place in place..<(place + count) {
                        let fits = unsafe other.append(
                            timestamp: timestamp, key: nil, value: value(place),
                            headers: noHeaders)
                        #expect(fits)
                    }
                    place += count
                    if place == end { continue }
                    let fits = unsafe other.append(
                        timestamp: timestamp, key: nil, value: value(place), headers: noHeaders)
                    #expect(!fits)
                    try one.seal()
                    try other.seal()
                    #expect(one.withSealed { $0.array } == other.withSealed { $0.array })
                    one.reset()
                    other.reset()
                }
            }
        }
    }

    @Test
    func `records are encoded right where their integers get longer`() throws {
        // Lengths around each number of bytes, the record's own included, and beyond short ones.
        for boundary in [1 << 6, 1 << 13, 1 << 19, 1 << 20] {
            let records = ((boundary - 20)...(boundary + 20)).flatMap { count in
                let bytes = [UInt8](repeating: 1, count: count)
                return [
                    ModelRecord(timestamp: 1, key: nil, value: bytes),
                    ModelRecord(timestamp: 1, key: bytes, value: nil),
                ]
            }
            for record in records {
                let pair = [ModelRecord(timestamp: 0, key: nil, value: nil), record]
                #expect(try Self.uncompressedRecords(pair) == ModelCodec.encode(pair))
            }
        }
        var timestamps: [Int64] = [0]
        for bit in 0..<63 {
            let power = Int64(1) << Int64(bit)
            timestamps += [power, power - 1, -power, -power - 1]
        }
        let times = (timestamps + [Int64.min]).map {
            ModelRecord(timestamp: $0, key: nil, value: [])
        }
        #expect(try Self.uncompressedRecords(times) == ModelCodec.encode(times))
    }

    @Test
    func `offset deltas of three and four bytes are written and read`() throws {
        let count = 1 << 20 + 3
        var builder = try RecordBatchBuilder(batchSize: 16 << 20)
        for _ in 0..<count { try builder.mustAppend(timestamp: 0, key: nil, value: nil) }
        try builder.seal()
        var reader = RecordBatchReader()
        try builder.withSealed { (batch) throws(RecordFormatError) in
            let header = try RecordBatchHeader(batch)
            #expect(header.lastOffsetDelta == Int32(count - 1))
            try reader.withRecords(of: batch, header: header, verifyChecksum: true) {
                (records) throws(RecordFormatError) in
                var expected = 0
                while let record = try records.next() {
                    if record.offsetDelta != expected { break }
                    expected += 1
                }
                #expect(expected == count)
            }
        }
    }

    @Test
    func `changed bytes are records to the reader exactly where they are to the model`() throws {
        var generator = SeededGenerator()
        var valid = 0
        var invalid = 0
        for _ in 0..<300 {
            let records = (0..<Int.random(in: 1...5, using: &generator)).map { _ in
                generator.record(largestValue: 30)
            }
            let encoded = ModelCodec.encode(records)
            for _ in 0..<30 {
                var changed = encoded
                for _ in 0..<Int.random(in: 1...2, using: &generator) {
                    // Mostly at the start, where the integers are.
                    let reach =
                        Bool.random(using: &generator) ? min(12, changed.count) : changed.count
                    let position = Int.random(in: 0..<reach, using: &generator)
                    switch Int.random(in: 0..<4, using: &generator) {
                    case 0: changed[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                    case 1: changed[position] = UInt8.random(in: 0...255, using: &generator)
                    case 2:
                        changed.insert(UInt8.random(in: 0...255, using: &generator), at: position)
                    default: if changed.count > 1 { changed.remove(at: position) }
                    }
                }
                let base = records[0].timestamp
                let expected = ModelCodec.decode(
                    changed, count: records.count, baseTimestamp: base)
                let read = try? Self.read(changed, count: records.count, baseTimestamp: base)
                #expect(read == expected, "\(changed)")
                if expected == nil { invalid += 1 } else { valid += 1 }
            }
        }
        #expect(valid > 100 && invalid > 100, "\(valid) valid, \(invalid) invalid")
    }

    /// Records of one size are compared with the one before, not decoded: what differs must be noticed.
    @Test(arguments: [
        ModelRecord(timestamp: 5, key: nil, value: [UInt8](repeating: 7, count: 12)),
        ModelRecord(timestamp: 5, key: Array("key".utf8), value: [UInt8](repeating: 7, count: 70)),
        ModelRecord(timestamp: 500, key: [UInt8](repeating: 3, count: 64), value: []),
        ModelRecord(timestamp: 5_000, key: [], value: nil, headers: [("h", [1, 2]), ("", nil)]),
        ModelRecord(timestamp: -9, key: [1], value: [2], headers: [("header", [UInt8](0..<40))]),
    ])
    func `one changed byte in a run of equal records is seen as the model sees it`(
        _ record: ModelRecord
    ) throws {
        // The offset's delta grows to two bytes on the way.
        let records = [ModelRecord](repeating: record, count: 70)
        let encoded = ModelCodec.encode(
            [ModelRecord(timestamp: 0, key: nil, value: nil)] + records)
        let recordByteCount = encoded.count / 70
        var (valid, invalid) = (0, 0)
        let middles = [3, 35, 62, 66].map { $0 * recordByteCount }
        for position in middles.flatMap({ $0..<($0 + recordByteCount) }) {
            for value in [0, 1, 2, 3, 0x7f, 0x80, 0x81, 0xff] as [UInt8] {
                var changed = encoded
                changed[position] ^= value
                let expected = ModelCodec.decode(changed, count: 71, baseTimestamp: 0)
                let read = try? Self.read(changed, count: 71, baseTimestamp: 0)
                #expect(read == expected, "byte \(position) ^ \(value)")
                if expected == nil { invalid += 1 } else { valid += 1 }
            }
        }
        #expect(valid > 50 && invalid > 50, "\(valid) valid, \(invalid) invalid")
    }

    @Test
    func `records whose sizes take turns are read as the model reads them`() throws {
        var generator = SeededGenerator()
        for _ in 0..<200 {
            // Few sizes, so that there are runs of one, and they end.
            let sizes = (0..<2).map { _ in Int.random(in: 0...140, using: &generator) }
            let key = Bool.random(using: &generator) ? generator.bytes(count: sizes[0]) : nil
            let records = (0..<40).map { index in
                ModelRecord(
                    timestamp: Int64(index * sizes[1]), key: key,
                    value: generator.bytes(count: sizes.randomElement(using: &generator)!),
                    headers: index % 11 == 0 ? [("h", nil)] : [])
            }
            let encoded = ModelCodec.encode(records)
            #expect(
                try Self.read(encoded, count: 40, baseTimestamp: records[0].timestamp) == records)
        }
    }

    static func read(
        _ bytes: [UInt8], count: Int, baseTimestamp: Int64
    ) throws(RecordFormatError) -> [ModelRecord] {
        var iterator = unsafe RecordIterator(bytes.span.bytes, count: count)
        return try modelRecords(&iterator, baseTimestamp: baseTimestamp)
    }
}
