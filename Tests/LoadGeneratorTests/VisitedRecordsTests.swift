import RecordFormat
import Testing

@testable import LoadGenerator

@Suite struct `The records of a batch that a consumer visits` {
    private static let values: [[UInt8]?] = [
        (0..<90).map { UInt8($0) }, nil, [], [UInt8](repeating: 7, count: 700),
    ]

    /// The checks of an entry that differ from the values' own show where they come from.
    @Test(arguments: [Compression.none, .lz4()])
    func `have the checks with which they were sent, where nothing was changed`(
        compression: Compression
    ) throws {
        let batch = try SentBatch(Self.values, compression: compression, checks: [1, 2, 3, 4])
        var visited = VisitedRecords()
        #expect(try batch.visit(with: &visited) == nil)
        let isWhole = visited.isWhole
        #expect(isWhole)
        #expect(visited.logicalByteCount == 790)
        let isReadOnce = compression.codec == .none
        #expect((visited.checkValues == [1, 2, 3, 4]) == isReadOnce)
        if !isReadOnce { #expect(visited.checkValues == SentBatch.checks(of: Self.values)) }

        // A broker's own time, an offset and an epoch do not change the records.
        var stored = batch
        unsafe stored.bytes.withUnsafeMutableBytes {
            unsafe RecordBatchHeader.patchLogAppendTime(1_800_000_000_000, in: $0)
            unsafe RecordBatchHeader.patch(
                baseOffset: Offset(70), leaderEpoch: LeaderEpoch(3), in: $0)
        }
        #expect(try stored.visit(from: Offset(70), with: &visited) == nil)
        #expect((visited.checkValues == [1, 2, 3, 4]) == isReadOnce)
    }

    @Test func `have their own checks where they are not those that are expected`() throws {
        let batch = try SentBatch(Self.values, checks: [1, 2, 3, 4])
        var visited = VisitedRecords()
        // Another batch came, whose checksum is right.
        let others: [[UInt8]?] = [[1], [2], [3], [4]]
        var other = try SentBatch(others, checks: [])
        other.entry = batch.entry
        #expect(try other.visit(with: &visited) == nil)
        #expect(visited.checkValues == SentBatch.checks(of: others))
        // Nothing is expected, or some records are not wanted.
        var unknown = batch
        unknown.entry = nil
        #expect(try unknown.visit(with: &visited) == nil)
        #expect(visited.checkValues == SentBatch.checks(of: Self.values))
        #expect(try batch.visit(from: Offset(1), with: &visited) == nil)
        #expect(visited.checkValues == Array(SentBatch.checks(of: Self.values)[1...]))
    }

    @Test(arguments: [true, false])
    func `are none where a bit of the batch has changed`(isExpected: Bool) throws {
        var batch = try SentBatch(Self.values, checks: [1, 2, 3, 4])
        if !isExpected { batch.entry = nil }
        var visited = VisitedRecords()
        // What the checksum covers, and the checksum itself.
        for place in 17..<batch.bytes.count {
            var changed = batch
            changed.bytes[place] ^= 1 << UInt8(place % 8)
            guard (try? unsafe RecordBatchHeader(changed.bytes.span.bytes)) != nil else { continue }
            let error = try changed.visit(with: &visited)
            guard case .crcMismatch? = error else {
                Issue.record("byte \(place): \(String(describing: error))")
                continue
            }
            #expect(visited.count == 0)
            #expect(visited.decodedCount == 0)
        }
    }
}

/// A sealed batch and its entry in a ledger.
private struct SentBatch {
    var bytes: [UInt8]
    /// The bytes of the entry.
    var entry: [UInt64]?

    init(
        _ values: [[UInt8]?], compression: Compression = .none, checks: [UInt16]
    ) throws {
        let compressor = try SharedCompressor(compression)
        var pending = PendingBatch(batchSize: 1 << 16, compressor: compressor)
        for value in values {
            let isAppended = pending.builder.append(
                timestamp: 1_700_000_000_000, key: nil, value: value)
            try #require(isAppended)
        }
        // The check is the sum's lower half without a higher one.
        for check in checks { pending.addCheck(crc: UInt32(check)) }
        try pending.builder.seal()
        bytes = pending.builder.withSealed { span in
            unsafe span.withUnsafeBytes { unsafe Array($0) }
        }
        guard !checks.isEmpty else { return }
        let room = LedgerEntry.maximumByteCount(of: pending) + 64
        var words = [UInt64](repeating: 0, count: room / 8 + 1)
        _ = unsafe words.withUnsafeMutableBytes { place in
            unsafe LedgerEntry.write(pending, producer: 0, to: place.baseAddress!)
        }
        entry = words
    }

    static func checks(of values: [[UInt8]?]) -> [UInt16] {
        values.map { value in
            let bytes = value ?? []
            return RecordChecks.check(crc: unsafe CRC32C.checksum(bytes.span.bytes))
        }
    }

    func visit(
        from position: Offset = .zero, with visited: inout VisitedRecords
    ) throws -> RecordFormatError? {
        let header = try unsafe RecordBatchHeader(bytes.span.bytes)
        var reader = RecordBatchReader()
        let words = entry ?? []
        return unsafe words.withUnsafeBytes { place in
            let expected = entry.map { _ in unsafe LedgerEntry(at: place.baseAddress!) }
            do throws(RecordFormatError) {
                try unsafe visited.visit(
                    bytes.span.bytes, header: header, from: position, expecting: expected,
                    verifyChecksum: true, unixOffsetNanos: 0, reader: &reader)
                return nil
            } catch {
                return error
            }
        }
    }
}

extension VisitedRecords {
    fileprivate var checkValues: [UInt16] { unsafe Array(checks.elements) }
}
