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

/// What a producer says in the header, other than the largest timestamp of the records.
private let wrongTimestamps: [Int64] = [-1, 0, testTimeMs - 1, testTimeMs + 1, testTimeMs + 99_999]

@Suite struct `The largest timestamp of a batch` {
    /// Five records a second apart, in a batch that says otherwise.
    private func batch(saying timestamp: Int64, at start: Int64 = testTimeMs) -> [UInt8] {
        let bytes = keyedBatch(
            (0..<5).map {
                KeyedRecord(key: "\($0)", value: "v", timestamp: start + Int64($0) * 1000)
            })
        return resealed(bytes) { withTimestamp(timestamp, &$0) }
    }

    private func withTimestamp(_ timestamp: Int64, _ bytes: inout [UInt8]) {
        bytes.replaceSubrange(
            35..<43,
            with: stride(from: 56, through: 0, by: -8).map {
                UInt8(truncatingIfNeeded: timestamp >> Int64($0))
            })
    }

    private func verifyLookups(_ log: TestLog, _ comment: Comment) throws {
        for index in 0..<5 {
            let found = try log.partition.offset(forTimestamp: testTimeMs + Int64(index) * 1000)
            #expect(found?.offset == Offset(Int64(index)), comment)
        }
        #expect(try log.partition.offset(forTimestamp: testTimeMs + 4001) == nil, comment)
        let largest = try log.partition.offsetOfMaxTimestamp()
        #expect(largest?.offset == Offset(4), comment)
        #expect(largest?.timestamp == testTimeMs + 4000, comment)
        try log.partition.rollNow()
        #expect(try log.partition.enforceRetention(nowMs: testTimeMs + 64_000) == 0, comment)
        #expect(try log.partition.enforceRetention(nowMs: testTimeMs + 64_001) == 1, comment)
    }

    @Test(arguments: wrongTimestamps)
    func `is that of its records, whatever its producer says`(timestamp: Int64) throws {
        for (key, value) in [
            ("compression.type", "producer"), ("compression.type", "zstd"),
            ("cleanup.policy", "compact,delete"),
        ] {
            for restarts in [false, true] {
                let log = try TestLog([key: value, "retention.ms": "60000"])
                try log.partition.append(bytes: batch(saying: timestamp))
                let header = try log.partition.batches()[0].header
                #expect(header.maxTimestamp == testTimeMs + 4000)
                if restarts {
                    try log.crash {
                        for name in names(in: log.partitionPath) where name.hasSuffix("index") {
                            removeTreeEntry("\(log.partitionPath)/\(name)")
                        }
                    }
                }
                try verifyLookups(log, "\(value), \(timestamp), restarts: \(restarts)")
            }
        }
    }

    @Test(arguments: [-1, 0, testTimeMs - 1] as [Int64])
    func `that cannot be is not believed where records are not looked at, either`(
        timestamp: Int64
    ) throws {
        for validation in ["none", "header"] {
            let log = try TestLog(["weir.batch.validation": validation, "retention.ms": "60000"])
            try log.partition.append(bytes: batch(saying: timestamp))
            try verifyLookups(log, "\(validation), \(timestamp)")
        }
    }

    /// A log that believed its producers.
    private func believing(_ timestamp: Int64, isSealed: Bool) throws -> TestLog {
        let log = try TestLog(["retention.ms": "60000", "index.interval.bytes": "0"])
        for _ in 0..<3 { try log.partition.append(bytes: batch(saying: testTimeMs + 4000)) }
        let size = log.partition.byteCount / 3
        if isSealed { try log.partition.rollNow() }
        try log.restart {
            var bytes = readFile(log.file(0, ".log"))
            for index in 0..<3 {
                let range = index * size..<(index + 1) * size
                bytes.replaceSubrange(
                    range, with: resealed(Array(bytes[range])) { withTimestamp(timestamp, &$0) })
            }
            writeFile(log.file(0, ".log"), bytes)
            // The index of that time had these timestamps, if they are any.
            var writer = BigEndianWriter(capacity: 12)
            TimeIndexEntry(timestamp: timestamp, relativeOffset: 4).write(to: &writer)
            writeFile(log.file(0, ".timeindex"), timestamp < 0 ? [] : writer.bytes)
        }
        return log
    }

    @Test(arguments: [-1, 0, testTimeMs - 1] as [Int64], [false, true])
    func `that is stored as it was said is found out`(timestamp: Int64, isSealed: Bool) throws {
        let log = try believing(timestamp, isSealed: isSealed)
        #expect(try log.partition.batches()[0].header.maxTimestamp == timestamp)
        try verifyLookups(log, "\(timestamp), sealed: \(isSealed)")
    }

    @Test(arguments: [-1, 0] as [Int64])
    func `that is stored as it was said is put right by compaction`(timestamp: Int64) throws {
        let log = try believing(timestamp, isSealed: true)
        try log.directory.alterConfig(
            "orders",
            overrides: ["cleanup.policy": "compact", "min.cleanable.dirty.ratio": "0"])
        try log.clean()
        let batches = try log.partition.batches()
        #expect(batches.flatMap(\.records).map(\.offset) == Array(10..<15))
        #expect(batches[0].header.maxTimestamp == testTimeMs + 4000)
    }

    @Test func `is found though a batch that cannot be decoded stands before it`() throws {
        let log = try TestLog(["weir.batch.validation": "header"])
        let compressed = keyedBatch([KeyedRecord(key: "a", value: "b")], compression: .zstd())
        try log.partition.append(
            bytes: resealed(compressed) { bytes in
                for place in 61..<bytes.count { bytes[place] = 0x6e }
            })
        try log.partition.put("b", "1", timestamp: testTimeMs + 10)
        #expect(try log.partition.offset(forTimestamp: testTimeMs)?.offset == .zero)
        #expect(try log.partition.offset(forTimestamp: testTimeMs + 1)?.offset == Offset(1))
        #expect(try log.partition.offsetOfMaxTimestamp()?.offset == Offset(1))
    }
}
