import CommitLog
import Foundation
import RecordFormat
import Testing

@testable import LoadGenerator

@Suite struct `A sample of a stored topic` {
    /// A log directory of segments that were written batch by batch, gone when the test is.
    private final class StoredLog {
        let path = FileManager.default.temporaryDirectory
            .appending(component: "weir-stored-\(UUID().uuidString)").path

        deinit { try? FileManager.default.removeItem(atPath: path) }

        /// - Returns: the segment's path and the size of each batch.
        @discardableResult
        func write(
            _ partition: String, batches: Int, of records: Int, _ compression: Compression,
            repeating: Bool = false, headers: RecordHeaders = .empty
        ) throws -> (file: String, sizes: [Int]) {
            let pool = try PayloadPoolTests.pool("payload: {kind: orders, pool: 256KiB}")
            var builder = try RecordBatchBuilder(
                batchSize: repeating ? 16 << 20 : 1 << 20, compression: compression)
            var bytes: [UInt8] = []
            var sizes: [Int] = []
            for batch in 0..<batches {
                // Equal ones are built once, since a large one takes long.
                if !repeating || batch == 0 {
                    builder.reset()
                    for record in (batch * records)..<((batch + 1) * records) {
                        let place = repeating ? 0 : record % pool.count
                        // Every second record has none.
                        let own = record.isMultiple(of: 2) ? headers.bytes : []
                        let isAppended = unsafe own.withUnsafeBytes {
                            unsafe builder.append(
                                timestamp: Int64(record), key: pool.key(place),
                                value: pool.value(place), headers: $0)
                        }
                        #expect(isAppended)
                    }
                    try builder.seal()
                }
                var sealed = unsafe [UInt8](builder.sealedBytes)
                // The checksum does not cover the base offset.
                for place in 0..<8 {
                    sealed[place] = UInt8(truncatingIfNeeded: batch * records >> (8 * (7 - place)))
                }
                bytes += sealed
                sizes.append(sealed.count)
            }
            let folder = path + "/" + partition
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            let file = folder + "/00000000000000000000.log"
            try Data(bytes).write(to: URL(filePath: file))
            return (file, sizes)
        }
    }

    @Test func `has the batches as they are stored, and larger ones`() throws {
        let log = StoredLog()
        let stored = try log.write("orders-0", batches: 9, of: 20, .zstd(3)).sizes.reduce(0, +)
        try log.write("clicks-0", batches: 2, of: 5, .none)
        try log.write("clicks-1", batches: 2, of: 5, .lz4(9))
        let listing = try LogListing(directory: log.path)
        #expect(listing.topics.map(\.name) == ["clicks", "orders"])
        #expect(listing.topics.map(\.partitionCount) == [2, 1])
        // A record a millisecond: 180 of orders, and ten of each partition of clicks.
        #expect(listing.topics.map(\.timeSpanMillis) == [9, 179])
        let clicks = try TopicSample(of: listing.topics[0])
        #expect(clicks.census.codecs == ["none", "lz4"] && clicks.census.recordsPerBatch == 5)
        let orders = try TopicSample(of: listing.topics[1])
        #expect(orders.isWhole && orders.share == 1 && orders.census.faultCount == 0)
        #expect(orders.batches.storedByteCount == stored)

        var settings = CodecPass.Settings()
        settings.compressions = [.none, .zstd(3)]
        // Four visits of each come to all batches, since the clock says that they take as long.
        var (nanos, visits) = (Int64(0), 0)
        let result = try CodecPass(.stored(orders.batches), settings: settings).measure(
            shouldEnd: {
                visits += 1
                return visits > 8
            },
            clock: {
                nanos += 1_000_000
                return nanos
            }, wallClock: { 0 })
        #expect(
            result.figures.map(\.filling) == [
                .stored(1), .stored(1), .stored(4), .stored(4),
            ])
        #expect(result.figures.map(\.recordsPerBatch) == [20, 20, 80, 80])
        // With the codec that it is stored with it takes what it takes, to the byte.
        let figures = result.figures[1]
        let ratio = try #require(figures.ratio)
        #expect(abs(figures.bytesPerBatch * 9 / ratio.value - Double(stored)) < 0.5)
        #expect(try #require(result.figures[3].ratio).value > ratio.value)
        #expect(orders.samplingReach(of: result) == 0)
    }

    @Test func `counts and names what cannot be decoded, and goes on`() throws {
        let log = StoredLog()
        let (file, sizes) = try log.write("orders-0", batches: 5, of: 20, .lz4(9))
        var bytes = try [UInt8](Data(contentsOf: URL(filePath: file)))
        bytes[sizes[0] + sizes[1] + 100] ^= 1
        // The last batch is cut off.
        bytes.removeLast(10)
        try Data(bytes).write(to: URL(filePath: file))
        let topic = try #require(try LogListing(directory: log.path).topics.first)
        let sample = try TopicSample(of: topic)
        #expect(sample.census.batchCount == 3 && sample.census.faultCount == 2)
        #expect(
            sample.census.faults.first?.place == "\(file), position \(sizes[0] + sizes[1])")
        var all = sample
        try all.countAll { _ in true }
        #expect(all.census.faults == sample.census.faults)
    }

    @Test func `of a topic that is small only on the disk is a part, spread over it`() throws {
        let log = StoredLog()
        // Each batch decompresses to some 6 MB of one record a thousand times.
        try log.write("orders-0", batches: 12, of: 30_000, .zstd(3), repeating: true)
        let topic = try #require(try LogListing(directory: log.path).topics.first)
        #expect(topic.byteCount < 8 << 20)
        let sample = try TopicSample(of: topic)
        #expect(!sample.isWhole && sample.share < 1)
        #expect(sample.census.batchCount >= 3 && sample.census.batchCount <= 8)
        #expect(sample.batches.stretchStarts.count > 1)
    }

    @Test func `of a partition's own directory is one topic, and of no log none`() throws {
        let log = StoredLog()
        try log.write("orders-3", batches: 1, of: 2, .none)
        let own = try LogListing(directory: log.path + "/orders-3")
        #expect(own.topics.map(\.name) == ["orders"])
        let none = log.path + "/nothing"
        try FileManager.default.createDirectory(
            atPath: none, withIntermediateDirectories: true)
        #expect(try LogListing(directory: none).topics.isEmpty)
        #expect(throws: LogError.self) { try LogListing(directory: log.path + "/missing") }
    }

    @Test func `gives records with their own keys as a payload`() throws {
        let log = StoredLog()
        try log.write("orders-0", batches: 3, of: 4, .zstd(3))
        let pool = try CorpusTests.prepare(log.path, "format: segments")
        let original = try PayloadPoolTests.pool("payload: {kind: orders, pool: 256KiB}")
        #expect(pool.count == 12)
        for place in [0, 5, 11] {
            let (own, expected) = unsafe (Array(pool.value(place)), Array(original.value(place)))
            #expect(own == expected)
            let keys = unsafe (
                pool.key(place).map { unsafe Array($0) },
                original.key(place).map { unsafe Array($0) }
            )
            #expect(keys.0 == keys.1 && keys.0 != nil)
        }
    }

    @Test func `gives records with their own headers`() throws {
        let log = StoredLog()
        let headers = RecordHeaders([("trace", Array("00-4bf92f35".utf8)), ("retry", nil)])
        try log.write("orders-0", batches: 2, of: 3, .lz4(9), headers: headers)
        try log.write("plain-0", batches: 2, of: 3, .lz4(9))
        let (pool, plain) = try (
            CorpusTests.prepare(log.path + "/orders-0", "format: segments"),
            CorpusTests.prepare(log.path + "/plain-0", "format: segments")
        )
        let own = (0..<6).map { unsafe Array(pool.headers($0)) }
        #expect(own == [headers.bytes, [], headers.bytes, [], headers.bytes, []])
        // trace, 00-4bf92f35 and retry.
        #expect(pool.headersLogicalByteCount(0) == 21 && pool.headersLogicalByteCount(1) == 0)
        #expect(unsafe plain.headers(0).isEmpty && plain.checksum != pool.checksum)
    }
}
