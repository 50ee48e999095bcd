import RecordFormat
import Testing

@testable import CommitLog

@Suite struct `Reading` {
    @Test func `a slice has whole batches, as many as fit but one at least`() throws {
        let log = try TestLog()
        for _ in 0..<5 { try log.partition.append(bytes: TestLog.hundred()) }
        for (maxBytes, expected) in [
            (0, 100), (1, 100), (100, 100), (199, 100), (200, 200), (350, 300), (500, 500),
            (9999, 500),
        ] {
            let slice = try #require(try log.partition.read(from: .zero, maxBytes: maxBytes))
            #expect(slice.byteCount == expected)
            #expect(slice.nextOffset == Offset(Int64(expected / 100)))
        }
        #expect(try log.partition.read(from: Offset(5), maxBytes: 100) == nil)
    }

    @Test func `a read begins with the batch that contains the offset`() throws {
        let log = try TestLog()
        try log.partition.append("a", "b", "c")
        try log.partition.append("d", "e")
        let slice = try #require(try log.partition.read(from: Offset(4), maxBytes: 1))
        #expect(slice.baseOffset == Offset(3) && slice.nextOffset == Offset(5))
        #expect(try log.partition.values(from: Offset(4)) == ["e"])
    }

    @Test func `an offset outside the log is out of range`() throws {
        let log = try TestLog()
        try log.partition.append("a")
        for offset in [-1, 2] as [Int64] {
            #expect(
                throws: LogError.offsetOutOfRange(requested: offset, logStart: 0, logEnd: 1)
            ) {
                try log.partition.read(from: Offset(offset), maxBytes: 1)
            }
        }
    }

    @Test func `a slice stays readable after its segment and its topic are deleted`() throws {
        let log = try TestLog(["segment.bytes": "250"])
        for value in ["a", "b", "c", "d", "e", "f", "g"] { try log.partition.append(value) }
        let slice = try #require(try log.partition.read(from: .zero, maxBytes: 100))
        try log.partition.deleteRecords(before: Offset(6))
        try log.partition.enforceRetention(nowMs: testTimeMs)
        log.directory.performMaintenance()
        #expect(!names(in: log.partitionPath).contains("00000000000000000000.log"))
        try log.directory.deleteTopic("orders")
        var window = MappedWindow()
        #expect(try decode(window.bytes(of: slice)).map(\.1) == ["a"])
    }

    @Test func `a reader at the tail does not map its window anew`() throws {
        let log = try TestLog()
        var window = MappedWindow()
        var cursor = FetchCursor()
        for index in 0..<1000 {
            try log.partition.append("value \(index)")
            let slice = try log.partition.read(
                from: Offset(Int64(index)), maxBytes: 1 << 20, cursor: &cursor)
            let bytes = try window.bytes(of: try #require(slice))
            #expect(try decode(bytes).map(\.1) == ["value \(index)"])
        }
        #expect(window.mapCount == 1)
    }

    @Test func `a batch larger than the window is mapped whole`() throws {
        let log = try TestLog(["max.message.bytes": "\(10 << 20)"])
        try log.partition.append("small")
        let value = String(repeating: "0123456789", count: 900_000)
        try log.partition.append(value)
        var window = MappedWindow()
        let slice = try #require(try log.partition.read(from: Offset(1), maxBytes: 1))
        #expect(try decode(window.bytes(of: slice)).map(\.1) == [value])
    }

    /// The model is an array: the value of each offset. Whatever the sizes of batches, segments and
    /// reads, and whether the log was reopened, every read returns what the array has.
    @Test(arguments: [1, 2, 3, 4]) func `reads agree with a model`(run: Int) throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let log = try TestLog([
            "segment.bytes": "\(Int.random(in: 400...20_000, using: &random))",
            "index.interval.bytes": "\(Int.random(in: 0...1000, using: &random))",
        ])
        var model: [String] = []
        for _ in 0..<60 {
            for _ in 0..<Int.random(in: 1...20, using: &random) {
                let values = (0..<Int.random(in: 1...6, using: &random)).map { _ in
                    String(repeating: "v", count: Int.random(in: 0...30, using: &random))
                        + "\(model.count)"
                }
                let result = try log.partition.append(bytes: batch(values))
                #expect(result.baseOffset.rawValue == Int64(model.count), "seed \(seed)")
                model += values
            }
            switch Int.random(in: 0..<12, using: &random) {
            case 0: try log.restart()
            case 1: try log.crash()
            default: break
            }
            let start = Int.random(in: 0..<model.count, using: &random)
            let records = try log.partition.records(
                from: Offset(Int64(start)), maxBytes: Int.random(in: 0...3000, using: &random))
            #expect(records.map(\.value) == Array(model[start...]), "seed \(seed)")
            #expect(
                records.map(\.offset) == Array(Int64(start)..<Int64(model.count)), "seed \(seed)")
        }
    }
}
