import RecordFormat
import Testing

@testable import CommitLog

@Suite struct `Recovery` {
    private let values = ["first", "second", "third"]

    private func filled(_ overrides: [String: String] = [:]) throws -> TestLog {
        let log = try TestLog(overrides)
        for value in values { try log.partition.append(value) }
        return log
    }

    @Test(arguments: [false, true])
    func `every truncation point of the last batch leaves the batches before it`(
        isClean: Bool
    ) throws {
        let log = try filled()
        try log.restart()
        let whole = readFile(log.file(0, ".log"))
        let last = whole.count - batch(["third"]).count
        for end in last...whole.count {
            // Clean: the recovery point claims that the whole batch was durable.
            try (isClean ? log.restart : log.crash) {
                writeFile(log.file(0, ".log"), Array(whole[..<end]))
                if !isClean { removeTreeEntry("\(log.path)/recovery-point-offset-checkpoint") }
            }
            let isWhole = end == whole.count
            #expect(try log.partition.values() == values.prefix(isWhole ? 3 : 2) + [])
            #expect(log.recovery.truncatedByteCount == (isWhole ? 0 : end - last))
            #expect(log.recovery.lostBelowRecoveryPoint == (isClean && !isWhole))
            // The log goes on where it ends.
            let result = try log.partition.append("next")
            #expect(result.baseOffset == Offset(isWhole ? 3 : 2))
        }
    }

    @Test func `a flipped bit in what was not flushed costs the batch that it is in`() throws {
        let log = try filled()
        try log.crash()
        let whole = readFile(log.file(0, ".log"))
        let size = [0, batch(["first"]).count, batch(["first"]).count + batch(["second"]).count]
        for position in whole.indices {
            for bit in [1, 16, 128] as [UInt8] {
                try log.crash {
                    removeTreeEntry("\(log.path)/recovery-point-offset-checkpoint")
                    writeFile(log.file(0, ".log"), changed(whole, at: position, bit: bit))
                }
                let damaged = size.lastIndex { $0 <= position } ?? 0
                // The checksum does not cover the leader epoch, and no record depends on it.
                let isCovered = !(12..<16).contains(position - size[damaged])
                let lost = isCovered ? [values[damaged]] : []
                #expect(
                    try log.partition.values() == values.filter { !lost.contains($0) },
                    "bit \(bit) at \(position)")
                #expect(log.recovery.complaints.isEmpty == !isCovered)
                let asideFiles = names(in: log.partitionPath).filter { $0.hasSuffix(".aside") }
                for name in asideFiles { removeTreeEntry("\(log.partitionPath)/\(name)") }
            }
        }
    }

    @Test func `a flipped bit in what was durable costs no other record`() throws {
        let log = try filled()
        let second = batch(["first"]).count
        try log.restart {
            let whole = readFile(log.file(0, ".log"))
            writeFile(log.file(0, ".log"), changed(whole, at: second + 70))
        }
        #expect(log.partition.logEndOffset == Offset(3))
        #expect(throws: RecordFormatError.self) { try log.partition.values() }
        #expect(try log.partition.values(from: Offset(2)) == ["third"])
    }

    @Test func `zeros after the last batch, as a torn file has, are cut off`() throws {
        let log = try filled()
        try log.crash {
            writeFile(
                log.file(0, ".log"),
                readFile(log.file(0, ".log")) + [UInt8](repeating: 0, count: 5000))
        }
        #expect(try log.partition.values() == values)
        #expect(log.recovery.truncatedByteCount == 5000)
    }

    @Test func `the marker of a clean shutdown is not believed`() throws {
        let log = try filled()
        let marker = "\(log.path)/.kafka_cleanshutdown"
        #expect(names(in: log.path).contains(".kafka_cleanshutdown") == false)
        try log.crash {
            let whole = readFile(log.file(0, ".log"))
            writeFile(log.file(0, ".log"), whole.dropLast(3))
            writeFile(marker, [])
        }
        #expect(log.directory.recovery.hadCleanShutdownMarker)
        #expect(try log.partition.values() == ["first", "second"])
        #expect(!names(in: log.path).contains(".kafka_cleanshutdown"))
        try log.restart {
            #expect(readFile(marker) == Array(#"{"version":0,"brokerEpoch":-1}"#.utf8))
        }
        #expect(log.directory.recovery.hadCleanShutdownMarker)
    }

    @Test func `a restart after a clean close scans no more than the last index interval`() throws {
        let log = try TestLog(["index.interval.bytes": "1000"])
        for _ in 0..<500 { try log.partition.append(bytes: TestLog.hundred()) }
        try log.restart()
        #expect(log.recovery.scannedByteCount <= 1200)
        #expect(log.partition.logEndOffset == Offset(500))
    }

    @Test func `young sealed segments wait for their flush, as many bytes as are allowed`() throws {
        let log = try TestLog(
            ["segment.bytes": "10000", "index.interval.bytes": "1000"],
            directory: ["weir.unflushed.segment.bytes": "25000"])
        for _ in 0..<550 { try log.partition.append(bytes: TestLog.hundred()) }
        log.directory.performMaintenance()
        // Five segments are sealed; the two youngest fit in the bound.
        #expect(log.partition.flushedOffset == Offset(300))
        log.clock.advance(byMs: log.config.flushOffsetCheckpointIntervalMs)
        log.directory.performMaintenance()
        #expect(log.partition.flushedOffset == Offset(500))
        try log.crash()
        #expect(log.recovery.scannedByteCount == 5000)
        #expect(try log.partition.records().map(\.offset) == Array(0..<550))
    }

    @Test func `a crash costs a scan of what was not flushed, not of the log`() throws {
        let log = try TestLog(
            ["segment.bytes": "10000", "index.interval.bytes": "1000"],
            directory: ["weir.unflushed.segment.bytes": "0"])
        for _ in 0..<550 { try log.partition.append(bytes: TestLog.hundred()) }
        // The rolled segments are flushed in the background, and the recovery point follows.
        log.directory.performMaintenance()
        #expect(log.partition.flushedOffset == Offset(500))
        try log.crash()
        #expect(log.recovery.scannedByteCount == 5000)
        #expect(log.recovery.truncatedByteCount == 0)
        #expect(try log.partition.records().map(\.offset) == Array(0..<550))
    }

    @Test func `missing, torn, flipped and foreign indexes are rebuilt`() throws {
        let log = try TestLog(["segment.bytes": "2000", "index.interval.bytes": "150"])
        for index in 0..<50 {
            try log.partition.append(bytes: TestLog.hundred(testTimeMs + Int64(index)))
        }
        log.directory.performMaintenance()
        let good = readFile(log.file(0, ".index"))
        let damages: [(String, () -> Void)] = [
            ("missing", { removeTreeEntry(log.file(0, ".index")) }),
            ("empty", { writeFile(log.file(0, ".index"), []) }),
            ("torn", { writeFile(log.file(0, ".index"), good.dropLast(3)) }),
            ("foreign", { writeFile(log.file(0, ".index"), [UInt8](repeating: 0x55, count: 64)) }),
            ("zeros", { writeFile(log.file(0, ".index"), [UInt8](repeating: 0, count: 80)) }),
            ("no time index", { removeTreeEntry(log.file(0, ".timeindex")) }),
            ("torn time index", { writeFile(log.file(0, ".timeindex"), [1, 2, 3]) }),
        ]
        for (name, damage) in damages {
            for restart in [log.restart, log.crash] {
                try restart(damage)
                for offset in 0..<50 {
                    let slice = try log.partition.read(from: Offset(Int64(offset)), maxBytes: 1)
                    #expect(slice?.baseOffset == Offset(Int64(offset)), "\(name)")
                    let found = try log.partition.offset(forTimestamp: testTimeMs + Int64(offset))
                    #expect(found?.offset == Offset(Int64(offset)), "\(name)")
                }
            }
        }
    }

    @Test func `no flipped bit in an index leads a look-up astray`() throws {
        let log = try TestLog(["segment.bytes": "1000", "index.interval.bytes": "150"])
        for _ in 0..<15 { try log.partition.append(bytes: TestLog.hundred()) }
        log.directory.performMaintenance()
        let good = readFile(log.file(0, ".index"))
        for position in good.indices {
            for bit in 0..<8 {
                writeFile(log.file(0, ".index"), changed(good, at: position, bit: 1 << bit))
                for offset in 0..<10 {
                    let slice = try log.partition.read(from: Offset(Int64(offset)), maxBytes: 250)
                    #expect(slice?.baseOffset == Offset(Int64(offset)))
                    #expect(slice.map { $0.byteCount % 100 } == 0)
                }
            }
        }
    }

    @Test func `the active segment's index with any bit flipped still finds everything`() throws {
        let log = try TestLog(["index.interval.bytes": "150"])
        for _ in 0..<10 { try log.partition.append(bytes: TestLog.hundred()) }
        try log.restart()
        let good = readFile(log.file(0, ".index"))
        for position in good.indices {
            try log.restart {
                writeFile(log.file(0, ".index"), changed(good, at: position, bit: 4))
            }
            #expect(try log.partition.records(maxBytes: 250).map(\.offset) == Array(0..<10))
            for offset in 0..<10 {
                let slice = try log.partition.read(from: Offset(Int64(offset)), maxBytes: 1)
                #expect(slice?.baseOffset == Offset(Int64(offset)))
            }
        }
    }

    @Test func `damaged checkpoints are reported and cost only a longer scan`() throws {
        for text in [
            "", "0\n5\norders 0 2\n", "1\n1\norders 0 2\n", "0\n1\norders 0 x\n", "0\n1\norders",
        ] {
            let log = try filled()
            try log.crash {
                writeFile("\(log.path)/recovery-point-offset-checkpoint", Array(text.utf8))
                writeFile("\(log.path)/log-start-offset-checkpoint", Array(text.utf8))
            }
            #expect(log.directory.recovery.damagedCheckpoints.count == 2, "\(text)")
            #expect(try log.partition.values() == values)
        }
    }

    @Test func `a recovery point or log start beyond the log is survived`() throws {
        let log = try filled()
        try log.crash {
            writeFile(
                "\(log.path)/recovery-point-offset-checkpoint", Array("0\n1\norders 0 99\n".utf8))
        }
        #expect(try log.partition.values() == values)
        try log.partition.flush()
        try log.crash {
            writeFile("\(log.path)/log-start-offset-checkpoint", Array("0\n1\norders 0 50\n".utf8))
        }
        #expect(log.partition.logStartOffset == Offset(50))
        #expect(log.partition.logEndOffset == Offset(50))
        #expect(try log.partition.append("new").baseOffset == Offset(50))
        #expect(try log.partition.values() == ["new"])
    }

    @Test func `what a deletion or a write left half done is removed`() throws {
        let log = try filled()
        let leftovers = [
            "00000000000000000007.log.deleted", "00000000000000000000.index.tmp",
            "00000000000000000009.index", "00000000000000000009.timeindex",
        ]
        try log.crash {
            for name in leftovers { writeFile("\(log.partitionPath)/\(name)", [1, 2]) }
        }
        for name in leftovers { #expect(!names(in: log.partitionPath).contains(name)) }
        #expect(try log.partition.values() == values)
    }
}
