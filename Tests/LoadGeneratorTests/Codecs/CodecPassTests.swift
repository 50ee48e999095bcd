import RecordFormat
import Testing

@testable import LoadGenerator

@Suite struct `A codec pass` {
    private static let pool = Result {
        try PayloadPoolTests.pool("payload: {kind: orders, pool: 128KiB}")
    }

    private static func settings(
        _ fillings: [BatchFilling], _ compressions: [Compression]
    ) -> CodecPass.Settings {
        var settings = CodecPass.Settings()
        settings.fillings = fillings
        settings.compressions = compressions
        settings.recordsPerSecond = 20_000
        return settings
    }

    /// A clock that goes on by what a visit should take whenever it is read: all take as long, so none
    /// grows beyond the first one's bytes.
    private final class SteadyClock {
        private var nanos: Int64 = 0
        func read() -> Int64 {
            nanos += 5_000_000
            return nanos
        }
    }

    private static func measure(
        _ pool: PayloadPool, _ settings: CodecPass.Settings, wallClock: () -> Int64 = { 0 },
        firstValues: (Double) -> Void = { _ in }, shouldEnd: () -> Bool = { false }
    ) throws -> CodecPass.Result {
        let clock = SteadyClock()
        return try CodecPass(pool, settings: settings).measure(
            firstValues: firstValues, shouldEnd: shouldEnd, clock: clock.read, wallClock: wallClock)
    }

    /// The whole sample as the builder seals it: uncompressed ÷ stored bytes of full batches.
    private static func storedRatio(
        _ pool: PayloadPool, _ compression: Compression, records: Int
    ) throws -> Double {
        var builder = try RecordBatchBuilder(batchSize: 1 << 20, compression: compression)
        var (uncompressed, stored) = (0, 0)
        for start in stride(from: 0, through: pool.count - records, by: records) {
            builder.reset()
            for index in start..<(start + records) {
                let isAppended = unsafe builder.append(
                    timestamp: Int64(index / 20), key: pool.key(index), value: pool.value(index),
                    headers: UnsafeRawBufferPointer(start: nil, count: 0))
                #expect(isAppended)
            }
            uncompressed += builder.uncompressedByteCount
            try builder.seal()
            stored += unsafe builder.sealedBytes.count
        }
        return Double(uncompressed) / Double(stored)
    }

    @Test(arguments: [10, 100])
    func `has the ratios that the builder stores`(_ records: Int) throws {
        let pool = try Self.pool.get()
        let compressions: [Compression] = [
            .none, .snappy, .lz4(9), .lz4(3), .gzip(6), .zstd(-5), .zstd(9),
        ]
        let result = try Self.measure(pool, Self.settings([.records(records)], compressions))
        #expect(result.figures.map(\.compression) == compressions)
        for figures in result.figures {
            let expected = try Self.storedRatio(pool, figures.compression, records: records)
            let ratio = try #require(figures.ratio)
            #expect(abs(ratio.value / expected - 1) < 1e-12, "\(figures.compression)")
            #expect(ratio.interval == ratio.value...ratio.value && figures.sampleShare == 1)
            #expect(figures.isSettled && figures.recordsPerBatch == Double(records))
        }
    }

    @Test func `has the ratio of the records alone, without their framing`() throws {
        let pool = try Self.pool.get()
        // One batch, so that every visit has the same.
        let count = pool.count
        let result = try Self.measure(pool, Self.settings([.records(count)], [.zstd(3)]))
        var compressor = try Compressor(.zstd(3))
        let bytes = (0..<count).flatMap { index in
            unsafe (pool.key(index).map { unsafe Array($0) } ?? []) + Array(pool.value(index))
        }
        var output = [UInt8](repeating: 0, count: compressor.bound(bytes.count))
        let packed = try unsafe bytes.withUnsafeBytes { input in
            try unsafe output.withUnsafeMutableBytes {
                try unsafe compressor.compress(input, into: $0)
            }
        }
        let figures = try #require(result.figures.first)
        #expect(abs(try #require(figures.bareRatio) - Double(bytes.count) / Double(packed)) < 1e-9)
        #expect(try #require(figures.payloadRatio) < #require(figures.bareRatio))
        #expect(try #require(figures.zstdCompressShare) == 1)
        #expect(try #require(figures.contextByteCount) > 100_000)
    }

    @Test func `fills batches by batch.size, and omits those that the sample is too small for`()
        throws
    {
        let pool = try Self.pool.get()
        let fillings: [BatchFilling] = [.batchSize(4_096), .records(pool.count + 1)]
        let result = try Self.measure(pool, Self.settings(fillings, [.lz4(9)]))
        let figures = try #require(result.figures.first)
        #expect(result.figures.count == 1 && result.omitted == [fillings[1]])
        #expect((3_500...4_096).contains(figures.bytesPerBatch))
    }

    @Test func `gives every cell a value though its time is over, and ends when it is told`() throws
    {
        let pool = try Self.pool.get()
        let settings = Self.settings([.records(10)], [.lz4(9), .gzip(1), .zstd(1)])
        var now: Int64 = 0
        var calls = 0
        let short = try Self.measure(
            pool, settings,
            wallClock: {
                now += 60_000_000_000
                return now
            }, firstValues: { _ in calls += 1 })
        #expect(calls == 1)
        #expect(short.figures.map(\.visits) == [1, 1, 1])
        #expect(short.figures.allSatisfy { $0.ratio != nil && !$0.isSettled })
        #expect(short.figures.allSatisfy { $0.sampleShare > 0 && $0.sampleShare < 1 })
        let none = try Self.measure(pool, settings, shouldEnd: { true })
        #expect(none.figures.map(\.visits) == [0, 0, 0])
        #expect(none.figures.allSatisfy { $0.ratio == nil && $0.sampleShare == 0 })
    }

    @Test func `measures on a thread of its own`() throws {
        var settings = Self.settings([.records(10)], [.lz4(9)])
        settings.budget = .milliseconds(1)
        let result = try CodecPass(Self.pool.get(), settings: settings).run()
        #expect(try #require(result.figures.first?.compressNanosPerByte).value > 0)
    }

    private static func fault(
        _ text: String, _ filling: BatchFilling
    ) throws -> CodecPassError? {
        let pool = try CorpusTests.pool(Array(text.utf8))
        do {
            _ = try measure(pool, settings([filling], [.lz4(9)]))
            return nil
        } catch let error as CodecPassError {
            return error
        }
    }

    @Test func `refuses one record, too few, and records larger than their batch`() throws {
        guard case .oneRecord? = try Self.fault("only\n", .records(10)) else {
            Issue.record("one record")
            return
        }
        guard case .fewRecords(3, fewestPerBatch: 10)? = try Self.fault("a\nb\nc\n", .records(10))
        else {
            Issue.record("few records")
            return
        }
        let large = String(repeating: String(repeating: "x", count: 3_000) + "\n", count: 9)
        guard
            case .recordsExceedBatch(batchSize: 2_048, meanByteCount: 3_000)? = try Self.fault(
                large, .batchSize(2_048))
        else {
            Issue.record("large records")
            return
        }
        #expect(try Self.fault(large, .batchSize(8_192)) == nil)
    }
}
