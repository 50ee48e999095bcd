import SeededRandom
import Testing

@testable import RecordFormat

@Suite struct `Values that are encoded in runs` {
    @Test(arguments: [0, 1, 100, 130, 8_200, 20_000])
    func `are the bytes of records that are appended one by one`(largest: Int) throws {
        let seed = UInt64.random(in: 0...(.max))
        var random = SeededGenerator(seed: seed)
        var (ends, bytes): ([Int], [UInt8]) = ([0], [])
        // Offsets of three bytes begin with the 8,193rd record.
        let count = largest == 0 ? 9_000 : 400
        for _ in 0..<count {
            let size = Int.random(in: 0...largest, using: &random)
            bytes += (0..<size).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            ends.append(bytes.count)
        }
        bytes += Array(repeating: 0, count: RecordBatchBuilder.valuePadding)
        for batchSize in [200, 4_096, 1 << 20] {
            var inRuns = try RecordBatchBuilder(batchSize: batchSize)
            var oneByOne = try RecordBatchBuilder(batchSize: batchSize)
            try unsafe bytes.withUnsafeBytes { bytes in
                func value(_ place: Int) -> UnsafeRawBufferPointer {
                    unsafe UnsafeRawBufferPointer(rebasing: bytes[ends[place]..<ends[place + 1]])
                }
                let none = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
                var place = 0
                var timestamp: Int64 = 1_750_000_000_000
                while place < count {
                    let end = min(count, place + Int.random(in: 1...64, using: &random))
                    let added = unsafe inRuns.append(
                        place..<end, timestamp: timestamp, value: value)
                    for place in place..<(place + added) {
                        #expect(
                            unsafe oneByOne.append(
                                timestamp: timestamp, key: nil, value: value(place), headers: none))
                    }
                    place += added
                    if place < end {
                        // Neither has room, and both go on with the next batch.
                        #expect(
                            unsafe !oneByOne.append(
                                timestamp: timestamp, key: nil, value: value(place), headers: none))
                        try Self.compare(&inRuns, &oneByOne, seed)
                    }
                    timestamp += [0, 0, 1, -1, 100, -200, 10_000].randomElement(using: &random)!
                }
                try Self.compare(&inRuns, &oneByOne, seed)
            }
        }
    }

    private static func compare(
        _ one: inout RecordBatchBuilder, _ other: inout RecordBatchBuilder, _ seed: UInt64
    ) throws {
        guard !one.isEmpty else { return }
        try one.seal()
        try other.seal()
        let isEqual = unsafe one.sealedBytes.elementsEqual(other.sealedBytes)
        #expect(isEqual, "seed \(seed)")
        one.reset()
        other.reset()
    }
}
