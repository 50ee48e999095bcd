import RecordFormat
import Testing

@testable import CommitLog

@Suite struct `Rolling` {
    private func bases(_ log: TestLog) -> [String] {
        names(in: log.partitionPath).filter { $0.hasSuffix(".log") }.map { String($0.dropLast(4)) }
    }

    @Test func `a segment never grows past segment bytes`() throws {
        let log = try TestLog(["segment.bytes": "300"])
        for _ in 0..<7 { try log.partition.append(bytes: TestLog.hundred()) }
        #expect(log.partition.segmentCount == 3)
        #expect(
            bases(log) == ["00000000000000000000", "00000000000000000003", "00000000000000000006"])
        #expect(try log.partition.records().map(\.offset) == Array(0..<7))
    }

    @Test func `segment ms counts from the first timestamp, as Kafka's does`() throws {
        let log = try TestLog(["segment.ms": "1000"])
        try log.partition.append(bytes: TestLog.hundred())
        try log.partition.append(bytes: TestLog.hundred(testTimeMs + 1000))
        #expect(log.partition.segmentCount == 1)
        try log.partition.append(bytes: TestLog.hundred(testTimeMs + 1001))
        #expect(log.partition.segmentCount == 2)
        // The clock decides only where the records have no timestamps.
        log.clock.advance(byMs: 5000)
        try log.partition.append(bytes: TestLog.hundred(testTimeMs + 1002))
        #expect(log.partition.segmentCount == 2)
        try log.partition.append(bytes: TestLog.hundred(-1))
        #expect(log.partition.segmentCount == 3)
    }

    @Test func `segment ms is counted on after a restart`() throws {
        let log = try TestLog(["segment.ms": "1000"])
        try log.partition.append(bytes: TestLog.hundred())
        try log.crash()
        try log.partition.append(bytes: TestLog.hundred(testTimeMs + 1001))
        #expect(log.partition.segmentCount == 2)
    }

    @Test func `a full index rolls`() throws {
        // Three entries of eight bytes, or one of twelve beside the one kept for sealing.
        let log = try TestLog(["segment.index.bytes": "24", "index.interval.bytes": "0"])
        for index in 0..<4 {
            try log.partition.append(bytes: TestLog.hundred(testTimeMs - Int64(index)))
        }
        #expect(log.partition.segmentCount == 2)
        #expect(try log.partition.records().map(\.offset) == Array(0..<4))
    }

    @Test func `an offset that does not fit 32 bits relative to the base rolls`() throws {
        let log = try TestLog()
        try log.partition.append("a")
        // Offsets may have gaps below the recovery point: compaction makes them.
        try log.restart {
            var bytes = readFile(log.file(0, ".log"))
            let far = Int64(Int32.max) - 1
            for index in 0..<8 { bytes[index] = UInt8(truncatingIfNeeded: far >> (56 - 8 * index)) }
            writeFile(log.file(0, ".log"), bytes)
            removeTreeEntry(log.file(1, ".snapshot"))
            writeFile(
                "\(log.path)/recovery-point-offset-checkpoint",
                Array("0\n1\norders 0 \(far + 1)\n".utf8))
        }
        #expect(log.partition.logEndOffset == Offset(Int64(Int32.max)))
        try log.partition.append("b")
        #expect(log.partition.segmentCount == 1)
        try log.partition.append("c")
        #expect(log.partition.segmentCount == 2)
        #expect(try log.partition.values() == ["a", "b", "c"])
    }

    @Test func `index files have exactly the bytes of Kafka's formats`() throws {
        let log = try TestLog(
            ["index.interval.bytes": "150", "segment.bytes": "600"],
            directory: ["weir.unflushed.segment.bytes": "0"])
        for index in 0..<7 {
            try log.partition.append(
                bytes: TestLog.hundred(testTimeMs + [0, 5, 3, 9, 9, 20, 1][index]))
        }
        log.directory.performMaintenance()
        // An entry for the batch that starts more than 150 bytes after the last indexed one.
        let offsetEntries: [UInt8] = [
            0, 0, 0, 2, 0, 0, 0, 200,  // batch 2 at position 200
            0, 0, 0, 4, 0, 0, 1, 144,  // batch 4 at position 400
        ]
        let time = [UInt8]([0x00, 0x00, 0x01, 0x8B, 0xCF, 0xE5, 0x68])
        let timeEntries: [UInt8] =
            time + [5, 0, 0, 0, 1]  // the largest up to batch 2 is batch 1's
            + time + [9, 0, 0, 0, 3]  // up to batch 4: batch 3's
            + time + [20, 0, 0, 0, 5]  // and one more on roll
        #expect(readFile(log.file(0, ".index")) == offsetEntries)
        #expect(readFile(log.file(0, ".timeindex")) == timeEntries)
        #expect(names(in: log.partitionPath).contains("00000000000000000006.snapshot"))
        let dumped = try IndexDump.offsetIndex(path: log.file(0, ".index"))
        #expect(dumped.map(\.offset) == [Offset(2), Offset(4)])
        #expect(dumped.map(\.position) == [200, 400])
        let times = try IndexDump.timeIndex(path: log.file(0, ".timeindex"))
        #expect(times.map(\.timestamp) == [5, 9, 20].map { testTimeMs + $0 })
    }
}
