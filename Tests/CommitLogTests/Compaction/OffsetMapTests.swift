import RecordFormat
import Testing

@testable import CommitLog

@Suite struct `The offset map` {
    private func put(_ map: inout OffsetMap, _ key: String, _ offset: Int64) -> Bool {
        unsafe map.put(Array(key.utf8).span.bytes, Offset(offset))
    }

    private func offset(_ map: borrowing OffsetMap, _ key: String) -> Int64? {
        unsafe map.offset(of: Array(key.utf8).span.bytes)?.rawValue
    }

    @Test func `knows the largest offset of each key, as a dictionary does`() {
        var random = SeededGenerator()
        var map = OffsetMap(keyCount: 500, maximumByteCount: 1 << 20, loadFactor: 0.9)
        var model: [String: Int64] = [:]
        for index in 0..<5000 {
            let key = String(UInt64.random(in: 0..<500, using: &random), radix: 2)
            let isIn = put(&map, key, Int64(index))
            #expect(isIn)
            model[key] = Int64(index)
        }
        #expect(map.count == model.count)
        for (key, value) in model { #expect(offset(map, key) == value) }
        #expect(offset(map, "absent") == nil)
        #expect(offset(map, "") == nil)
    }

    @Test func `takes as many keys as go into its bytes, and those it has again`() {
        var map = OffsetMap(keyCount: 1 << 40, maximumByteCount: 2400, loadFactor: 0.5)
        #expect(map.byteCount == 2400)
        #expect(map.limit == 50)
        for index in 0..<50 {
            let isIn = put(&map, "\(index)", Int64(index))
            #expect(isIn)
        }
        let isNewIn = put(&map, "new", 50)
        let isKnownIn = put(&map, "7", 51)
        #expect(!isNewIn)
        #expect(isKnownIn)
        #expect(offset(map, "new") == nil)
        #expect(offset(map, "7") == 51)
    }

    @Test func `is no larger than its keys need`() {
        let map = OffsetMap(keyCount: 900, maximumByteCount: 1 << 30, loadFactor: 0.9)
        #expect(map.limit >= 900)
        #expect(map.byteCount < 1100 * OffsetMap.slotByteCount)
    }
}

@Suite struct `The cleaner's throttle` {
    @Test func `asks for as long a pause as its rate makes the bytes take`() {
        func pause(_ byteCount: Int, _ elapsed: Int64) -> Int64 {
            CleanerThrottle.pauseNanos(
                byteCount: byteCount, bytesPerSecond: 1000, elapsedNanos: elapsed)
        }
        #expect(pause(500, 0) == 500_000_000)
        #expect(pause(500, 400_000_000) == 100_000_000)
        #expect(pause(500, 900_000_000) < 0)
    }

    @Test func `ends a cleaning that is told to stop, which leaves the log as it was`() throws {
        let log = try TestLog.compacted()
        for index in 0..<10 { try log.partition.put("a", "\(index)") }
        log.directory.cleaner.throttle.stop()
        #expect(try log.clean() == nil)
        try log.partition.flushSealedSegments()
        let throttle = CleanerThrottle(bytesPerSecond: .greatestFiniteMagnitude)
        throttle.stop()
        let round = CleaningRound(
            partition: log.partition,
            range: try log.partition.cleanableRange(cleanedThrough: nil, nowMs: testTimeMs),
            config: log.config, nowMs: testTimeMs, throttle: throttle)
        #expect(throws: LogError.closed(path: log.partitionPath)) { try round.run() }
        #expect(try log.partition.keyedRecords().count == 10)
    }
}
