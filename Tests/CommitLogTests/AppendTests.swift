import RecordFormat
import Testing

@testable import CommitLog

@Suite struct `Appending` {
    @Test func `offsets follow each other without a gap`() throws {
        let log = try TestLog()
        let first = try log.partition.append("a", "b", "c")
        let second = try log.partition.append("d")
        #expect(first.baseOffset == .zero && first.lastOffset == Offset(2))
        #expect(second.baseOffset == Offset(3) && second.lastOffset == Offset(3))
        #expect(log.partition.logEndOffset == Offset(4))
        #expect(try log.partition.records().map(\.offset) == [0, 1, 2, 3])
        #expect(try log.partition.values() == ["a", "b", "c", "d"])
    }

    @Test func `a batch that breaks a rule is refused and changes nothing`() throws {
        let log = try TestLog(["max.message.bytes": "300", "segment.bytes": "250"])
        try log.partition.append("kept")
        func refused(
            _ bytes: [UInt8], _ isExpected: (AppendError) -> Bool,
            _ location: SourceLocation = #_sourceLocation
        ) {
            do {
                try log.partition.append(bytes: bytes)
                Issue.record("the batch was appended", sourceLocation: location)
            } catch {
                #expect(isExpected(error), "\(error)", sourceLocation: location)
                #expect(!"\(error)".isEmpty)
            }
            #expect(log.partition.logEndOffset == Offset(1))
        }
        let good = batch(["x"])
        refused(batch(byteCount: 301)) { $0 == .messageTooLarge(byteCount: 301, limit: 300) }
        refused(batch(byteCount: 260)) { $0 == .recordListTooLarge(byteCount: 260, limit: 250) }
        refused(good.dropLast() + []) {
            if case .corruptMessage(.truncated) = $0 { true } else { false }
        }
        refused(good + [0]) { if case .corruptMessage(.truncated) = $0 { true } else { false } }
        refused(changed(good, at: good.count - 1)) {
            if case .corruptMessage(.crcMismatch) = $0 { true } else { false }
        }
        refused(changed(good, at: 16)) {
            if case .corruptMessage(.invalidMagic) = $0 { true } else { false }
        }
        refused(changed(good, at: 7)) { $0 == .invalidRecord(.baseOffsetNotZero(1)) }
        // More offsets than records, under a checksum that holds.
        refused(resealed(good) { $0[26] = 1 }) {
            $0 == .invalidRecord(.recordCountMismatch(count: 1, lastOffsetDelta: 1))
        }
        refused(batch(["x"], producerID: 1, epoch: 0, sequence: 0, isControl: true)) {
            $0 == .invalidRecord(.controlBatchFromClient)
        }
        refused(batch(["x"], producerID: 7, epoch: 0)) {
            $0 == .invalidRecord(.sequenceMissing(producerID: ProducerID(7)))
        }
        refused(batch(["x"], timestamps: [testTimeMs + 3_600_001])) {
            if case .refusedRecords(let refused) = $0 { refused.hasTimestamp } else { false }
        }
        refused(batch(["x"], timestamps: [-2])) {
            $0
                == .refusedRecords(
                    RefusedRecords([
                        .init(index: 0, fault: .timestamp(-2, allowed: 0...testTimeMs + 3_600_000))
                    ]))
        }
        refused(resealed(good) { $0[22] |= 8 }) { $0 == .logAppendTimeFromClient }
        #expect(try log.partition.values() == ["kept"])
    }

    @Test func `an old timestamp is refused only where the configuration says so`() throws {
        let log = try TestLog(["message.timestamp.before.max.ms": "1000"])
        try log.partition.append(bytes: batch(["x"], timestamps: [testTimeMs - 1000]))
        let late = batch(["x"], timestamps: [testTimeMs - 1001])
        let fault = RefusedRecords.Fault.timestamp(
            testTimeMs - 1001, allowed: testTimeMs - 1000...testTimeMs + 3_600_000)
        #expect(
            throws: AppendError.refusedRecords(RefusedRecords([.init(index: 0, fault: fault)]))
        ) { try log.partition.append(bytes: late) }
        // Without a look at the records, the header's times are held against the range.
        #expect(throws: AppendError.invalidTimestamp(testTimeMs - 1001, nowMs: testTimeMs)) {
            try log.partition.append(bytes: late, validation: .trusted)
        }
    }

    @Test func `LogAppendTime replaces the timestamps and the checksum still holds`() throws {
        let log = try TestLog(["message.timestamp.type": "LogAppendTime"])
        log.clock.advance(byMs: 5)
        let result = try log.partition.append(bytes: batch(["a"], timestamps: [1]))
        #expect(result.logAppendTimeMs == testTimeMs + 5)
        #expect(try log.partition.values() == ["a"])
        let found = try #require(try log.partition.offset(forTimestamp: testTimeMs))
        #expect(found.offset == .zero && found.timestamp == testTimeMs + 5)
    }

    @Test func `the caller's buffer gets the base offset and the leader epoch`() throws {
        let log = try TestLog()
        try log.partition.append("a", "b")
        let bytes = batch(["c"])
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
        defer { unsafe buffer.deallocate() }
        unsafe buffer.copyBytes(from: bytes)
        _ = try unsafe log.partition.append(buffer)
        let header = try unsafe RecordBatchHeader(
            RawSpan(_unsafeBytes: UnsafeRawBufferPointer(buffer)))
        #expect(header.baseOffset == Offset(2))
        #expect(header.partitionLeaderEpoch == LeaderEpoch(0))
        // A producer of this process may append the same buffer again.
        let again = try unsafe log.partition.append(buffer, validation: .trusted)
        #expect(again.baseOffset == Offset(3))
    }

    @Test func `after close an append says that the log is closed`() throws {
        let log = try TestLog()
        try log.partition.append("a")
        let partition = log.partition
        try log.directory.close()
        #expect(throws: AppendError.log(.closed(path: log.partitionPath))) {
            try partition.append("b")
        }
        #expect(try partition.values() == ["a"])
    }
}

/// The bytes with one bit of one byte flipped.
func changed(_ bytes: [UInt8], at position: Int, bit: UInt8 = 1) -> [UInt8] {
    var bytes = bytes
    bytes[position] ^= bit
    return bytes
}

/// The bytes after a change, with a checksum that holds.
func resealed(_ bytes: [UInt8], _ change: (inout [UInt8]) -> Void) -> [UInt8] {
    var bytes = bytes
    change(&bytes)
    unsafe bytes.withUnsafeMutableBytes { unsafe RecordBatchHeader.patchChecksum(in: $0) }
    return bytes
}
