import RecordFormat
import Testing

@testable import CommitLog

@Suite struct `Looking up by time` {
    @Test func `finds the first record that is not older, inside its batch`() throws {
        let log = try TestLog()
        try log.partition.append(
            bytes: batch(["a", "b", "c"], timestamps: [10, 30, 20].map { testTimeMs + $0 }))
        try log.partition.append(bytes: batch(["d"], timestamps: [testTimeMs + 40]))
        func offset(_ milliseconds: Int64) throws -> Int64? {
            try log.partition.offset(forTimestamp: testTimeMs + milliseconds)?.offset.rawValue
        }
        #expect(try offset(0) == 0)
        #expect(try offset(10) == 0)
        #expect(try offset(11) == 1)
        #expect(try offset(30) == 1)
        #expect(try offset(31) == 3)
        #expect(try offset(41) == nil)
        let largest = try #require(try log.partition.offsetOfMaxTimestamp())
        #expect(largest.offset == Offset(3) && largest.timestamp == testTimeMs + 40)
    }

    @Test func `an empty log has no time`() throws {
        let log = try TestLog()
        #expect(try log.partition.offset(forTimestamp: 0) == nil)
        #expect(try log.partition.offsetOfMaxTimestamp() == nil)
    }

    /// The model is the list of all timestamps, searched from the front.
    @Test(arguments: [1, 2]) func `agrees with a model over many segments`(run: Int) throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let log = try TestLog([
            "segment.bytes": "900", "index.interval.bytes": "120", "retention.ms": "-1",
        ])
        var times: [Int64] = []
        for _ in 0..<80 {
            let batchTimes = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                testTimeMs + Int64(times.count * 3) + Int64.random(in: -40...40, using: &random)
            }
            try log.partition.append(
                bytes: batch(batchTimes.map { "\($0)" }, timestamps: batchTimes))
            times += batchTimes
        }
        for round in 0..<4 {
            switch round {
            case 1: try log.restart()
            case 2: try log.crash()
            case 3: log.directory.performMaintenance()
            default: break
            }
            let start = Int.random(in: 0...times.count / 2, using: &random)
            try log.partition.deleteRecords(before: Offset(Int64(start)))
            let logStart = Int(log.partition.logStartOffset.rawValue)
            for _ in 0..<60 {
                let time = testTimeMs + Int64.random(in: -60...900, using: &random)
                let expected = times.indices.first { $0 >= logStart && times[$0] >= time }
                let found = try log.partition.offset(forTimestamp: time)
                #expect(found?.offset.rawValue == expected.map(Int64.init), "seed \(seed)")
                #expect(found?.timestamp == expected.map { times[$0] }, "seed \(seed)")
            }
            let largest = try #require(try log.partition.offsetOfMaxTimestamp())
            #expect(largest.timestamp == times.max(), "seed \(seed)")
            #expect(
                largest.offset.rawValue == times.firstIndex(of: largest.timestamp).map(Int64.init))
        }
    }
}
