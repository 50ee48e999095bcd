import RecordFormat
import Synchronization
import Testing

@testable import LoadGenerator
@testable import Measurement

@Suite struct `A worker that sleeps while its batches linger` {
    private struct Sent: Equatable {
        var nanos: Int64
        var records: Int
    }

    private static func profile(_ settings: String) throws -> Profile {
        try Profile(
            yaml: """
                warmup: 0s
                duration: 1s
                payload: {kind: random, pool: 1MiB, size: 1000}
                \(settings)
                """)
    }

    /// The batches of one producer and one partition by the rules of a client to which each record is given
    /// when it is due.
    private static func expected(_ profile: Profile) throws -> [Sent] {
        let pool = try PayloadPool.prepare(for: profile)
        var cursor = PayloadCursor(
            pool: pool, keys: KeySource(profile.keys), producer: 0, of: 1, seed: profile.seed)
        var schedule = try #require(
            ArrivalSchedule(rate: profile.producers.rate, seed: profile.seed))
        var builder = RecordBatchBuilder(
            batchSize: profile.producers.batchSize, sharing: try SharedCompressor(.none))
        let linger = profile.producers.linger.nanoseconds
        var (sent, opened, last): ([Sent], Int64, Int64) = ([], 0, 0)
        func close(at nanos: Int64) {
            sent.append(Sent(nanos: nanos, records: builder.recordCount))
            builder.reset()
        }
        while case let due = schedule.next(), due < profile.duration!.nanoseconds {
            last = due
            if !builder.isEmpty, opened + linger < due { close(at: opened + linger) }
            let value = unsafe pool.value(cursor.next())
            let millis = (due + Simulation.unixStart) / 1_000_000
            let none = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
            while true {
                if builder.isEmpty { opened = due }
                if unsafe builder.append(timestamp: millis, key: nil, value: value, headers: none) {
                    break
                }
                close(at: due)
            }
        }
        close(at: last)
        return sent
    }

    /// What was sent, and when.
    private static func run(
        _ profile: Profile, lateNanos: Int64 = 0, until end: Int64 = .max, partitions: Int = 1,
        answerAfter answerNanos: Int64? = nil
    ) throws -> (produced: Simulation.Produced, sent: [Sent]) {
        let clock = ManualClock()
        let times = Mutex<[Int64]>([])
        var answer: (@Sendable () -> Int64)?
        if let answerNanos { answer = { clock.now + answerNanos } }
        let target = MemoryTarget(
            partitions: partitions,
            beforeSend: { _ in times.withLock { $0.append(clock.now) } },
            answerNanos: answer)
        let produced = try Simulation(profile: profile, target: target, clock: clock).produce(
            lateNanos: lateNanos, until: end)
        let batches = try target.state.withLock { state in
            try state.batches[0].map { try unsafe RecordBatchHeader($0.span.bytes) }
        }
        let sent = zip(times.withLock { $0 }, batches).map {
            Sent(nanos: $0, records: Int($1.recordCount))
        }
        return (produced, sent)
    }

    @Test(arguments: [
        "producers: {rate: 20k/s, config: {linger.ms: 5ms, batch.size: 64KiB}}",
        "producers: {rate: 20k/s, config: {linger.ms: 1ms, batch.size: 64KiB}}",
        "producers: {rate: 300/s, config: {linger.ms: 20ms, batch.size: 16KiB}}",
        "producers: {rate: {poisson: 5k/s}, config: {linger.ms: 3ms, batch.size: 8KiB}}",
        "producers: {rate: {poisson: 40/s}, config: {linger.ms: 10ms, batch.size: 1KiB}}",
    ])
    func `sends what a client sends that is given each record when it is due`(_ load: String) throws
    {
        let profile = try Self.profile(load)
        let (produced, sent) = try Self.run(profile)
        let expected = try Self.expected(profile)
        #expect(sent.map(\.records) == expected.map(\.records))
        // As a batch fills up, the worker sleeps for no less than 80 µs, and the batch is so much late.
        for (sent, expected) in zip(sent, expected) {
            #expect((0...80_000).contains(sent.nanos - expected.nanos))
        }
        #expect(produced.tally.sendDelay.maximum <= 81_000)
        #expect(produced.tally.sendDelay.count == UInt64(sent.reduce(0) { $0 + $1.records }))
        // Not for each record: before a batch may be full, and at its end.
        #expect(produced.sleeps <= 4 * sent.count)
    }

    @Test func `fills a batch that waits for an answer with what is due until then`() throws {
        let profile = try Self.profile(
            """
            producers:
              rate: 1k/s
              config:
                {linger.ms: 5ms, batch.size: 64KiB, max.in.flight.requests.per.connection: 1}
            """)
        let (produced, sent) = try Self.run(profile, answerAfter: 20_000_000)
        // From 0 to 5 ms, from 6 to 25 ms, and so on.
        #expect(sent.prefix(3).map(\.records) == [6, 20, 20])
        #expect(sent.prefix(3).map(\.nanos) == [5_000_000, 25_000_000, 45_000_000])
        #expect(produced.tally.sendDelay.maximum <= 1_000)
        // The worker knows late of the answer, and the batch could have been there by so much earlier.
        let late = try Self.run(profile, lateNanos: 3_000_000, answerAfter: 20_000_000).produced
        #expect((2_990_000...3_010_000).contains(late.tally.sendDelay.maximum))
    }

    @Test func `stalls as soon as a batch that waits is full`() throws {
        let profile = try Self.profile(
            """
            producers:
              rate: 10k/s
              config:
                {linger.ms: 5ms, batch.size: 16KiB, max.in.flight.requests.per.connection: 1}
            """)
        let (produced, sent) = try Self.run(profile, answerAfter: 20_000_000)
        // One batch of 16 records each 20 ms, of the 200 that are due.
        #expect(sent.allSatisfy { $0.records == 16 })
        #expect(produced.usage.blockedNanos > 900_000_000)
        #expect(try #require(produced.tally.sendDelay.percentile(50)) > 1_000_000_000)
    }

    @Test func `sends batches to make room for others when a client would`() throws {
        let profile = try Self.profile(
            """
            topics: {partitions: 100}
            producers:
              rate: 10k/s
              partitioner: round-robin
              config: {linger.ms: 10ms, batch.size: 500000}
            """)
        let produced = try Self.run(profile, partitions: 100).produced
        // There are fewer batches than partitions: the oldest leaves for each that is opened.
        #expect(produced.tally.ackedBatches == 10_000)
        #expect(produced.tally.sendDelay.maximum <= 1_000_000)
        // By its linger a batch would leave after 10 ms, by the batches that there are, 67, after 6.7 ms.
        #expect(produced.tally.responseLatency.maximum <= 7_200_000)
    }

    @Test func `counts every record late by as much as its batch`() throws {
        let profile = try Self.profile(
            "producers: {rate: 2k/s, config: {linger.ms: 5ms, batch.size: 64KiB}}")
        let delay = try Self.run(profile, lateNanos: 700_000).produced.tally.sendDelay
        // The two that came due after the linger's end were late by less.
        #expect(try #require(delay.percentile(30)) >= 699_000)
        #expect(delay.maximum <= 701_000)
    }

    @Test func `has taken what was due when its user stops it`() throws {
        let profile = try Self.profile(
            "producers: {rate: 1k/s, config: {linger.ms: 50ms, batch.size: 64KiB}}")
        let produced = try Self.run(profile, until: 510_500_000).produced
        #expect(produced.tally.sentRecords == 511)
        #expect(produced.tally.ackedRecords == 511)
    }

    @Test(arguments: ["uniform", "round-robin"])
    func `fills the batches of many partitions as they linger`(_ kind: String) throws {
        let profile = try Self.profile(
            """
            topics: {partitions: 8}
            producers: {rate: 8k/s, count: 2, config: {linger.ms: 10ms, batch.size: 64KiB}}
            keys: {kind: \(kind), cardinality: 1000}
            """)
        let produced = try Self.run(profile, partitions: 8).produced
        let tally = produced.tally
        #expect(tally.sentRecords == 8_000)
        #expect(tally.sendDelay.maximum <= 81_000)
        // Within 10 ms some ten records of a partition's half come.
        #expect((5...7).contains(Double(tally.ackedRecords) / Double(tally.ackedBatches)))
        #expect(produced.sleeps <= 2 * Int(tally.ackedBatches))
    }
}
