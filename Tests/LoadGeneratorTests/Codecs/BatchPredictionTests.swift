import Measurement
import RecordFormat
import Testing

@testable import LoadGenerator

@Suite struct `Predicted records a batch` {
    /// Records of 100 bytes in a batch.
    static let pool = Result {
        try PayloadPoolTests.pool("payload: {kind: random, size: 91, pool: 256KiB}")
    }

    private static func records(_ yaml: String) throws -> Double {
        try BatchPrediction(Profile(yaml: yaml), pool: pool.get()).recordsPerBatch
    }

    @Test func `follow from rate, linger, partitions and room`() throws {
        let load = "producers: {rate: 20k/s, config: {linger.ms: 10ms, batch.size: 1MiB}}\n"
        // 200 within the linger, and what is gathered before.
        #expect((200...203).contains(try Self.records(load)))
        let four = load.replacing("{rate", with: "{count: 4, rate")
        #expect((50...52).contains(try Self.records(four)))
        // Sticky fills one batch after the other, however many partitions there are.
        let sticky = "topics: {partitions: 8}\n" + load
        #expect((200...203).contains(try Self.records(sticky)))
        let spread = sticky.replacing("{rate", with: "{partitioner: round-robin, rate")
        #expect((25...27).contains(try Self.records(spread)))
        let small = load.replacing("1MiB", with: "4KiB")
        #expect(try Self.records(small) == 40)
        #expect(try Self.records(small.replacing("20k/s", with: "max")) == 40)
    }

    /// The worker on a clock that jumps, so that nothing disturbs it. Profiles of full speed have no clock.
    @Test(arguments: [
        "batching", "compression", "fan-out", "latency", "many-partitions", "orders", "quickstart",
        "signups", "soak",
    ])
    func `are within a tenth of what a worker makes of a shipped profile`(_ name: String) throws {
        let profile = try Profile(
            contentsOf: ShippedProfilesTests.directory + "/\(name).yaml",
            overrides: [
                "payload.pool=1MiB", "warmup=0s", "duration=400ms",
                "producers.config.enable.idempotence=false",
            ])
        let partitions = profile.topics.partitions * profile.topics.count
        let produced = try Simulation(
            profile: profile, target: MemoryTarget(partitions: partitions)
        ).produce().tally
        let measured = Double(produced.ackedRecords) / Double(produced.ackedBatches)
        let predicted = try BatchPrediction(profile, pool: .prepare(for: profile)).recordsPerBatch
        #expect(abs(predicted / measured - 1) < 0.1, "\(predicted) for \(measured)")
    }

    @Test func `are fewer where one partition fills its batches and the others wait`() throws {
        let load =
            "topics: {partitions: 8}\n"
            + "producers: {rate: 20k/s, config: {linger.ms: 10ms, batch.size: 4KiB}}\n"
        let uniform = try Self.records(load + "keys: {kind: uniform, cardinality: 1000}\n")
        let skewed = try Self.records(
            load + "keys: {kind: zipfian, cardinality: 1000, exponent: 2}\n")
        #expect((24...28).contains(uniform) && skewed < uniform)
    }
}

@Suite struct `Advice on batches` {
    private static func figures(_ records: Int, ratio: Double) -> CodecFigures {
        CodecFigures(
            compression: .zstd(3), filling: .records(records), recordsPerBatch: Double(records),
            bytesPerBatch: 61 + 100 * Double(records), sampleShare: 1,
            ratio: Estimate(ratio, interval: ratio...ratio), visits: 9, isSettled: true)
    }

    private static let figures = [
        figures(10, ratio: 2), figures(100, ratio: 4), figures(1000, ratio: 4.1),
    ]

    private static func advice(
        _ profile: Profile, _ compression: Compression
    ) throws -> BatchAdvice? {
        try BatchAdvice(
            profile, compression, pool: `Predicted records a batch`.pool.get(), figures: figures)
    }

    @Test func `names the cheapest change that saves bytes`() throws {
        let profile = try Profile(
            yaml: "producers: {rate: 2k/s, config: {linger.ms: 5ms, batch.size: 64KiB}}")
        let advice = try #require(try Self.advice(profile, .zstd(3)))
        #expect((10...12).contains(advice.prediction.recordsPerBatch))
        #expect((2...2.2).contains(advice.ratio))
        let change = try #require(advice.change)
        #expect(change.text.hasPrefix("linger.ms 5 → ") && change.saving > 0.15)
        #expect(change.addedSeconds > 0)
    }

    @Test func `prefers a larger batch.size, which costs no latency where batches are full`() throws
    {
        let profile = try Profile(
            yaml: "producers: {rate: 20k/s, config: {linger.ms: 5ms, batch.size: 1KiB}}")
        let advice = try #require(try Self.advice(profile, .zstd(3)))
        #expect(try #require(advice.change).text.hasPrefix("batch.size 1024 → "))
        let full = try Profile(
            yaml: "producers: {rate: 500k/s, config: {linger.ms: 5ms, batch.size: 1MiB}}")
        #expect(try #require(try Self.advice(full, .zstd(3))).change == nil)
        #expect(try Self.advice(full, .lz4(9)) == nil)
    }
}
