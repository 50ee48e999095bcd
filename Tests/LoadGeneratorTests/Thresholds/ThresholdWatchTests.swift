import Foundation
import Measurement
import RecordFormat
import Testing

@testable import LoadGenerator

@Suite("A threshold that ends a run")
struct ThresholdWatchTests {
    /// Warm-up of a second, intervals of a second, ten of them measured.
    static func watch(_ thresholds: String...) throws -> ThresholdWatch {
        ThresholdWatch(
            try Profile(
                yaml: "warmup: 1s\nduration: 10s\nconsumers: [{group: g}]\nproducers: {rate: 10/s}",
                thresholds: thresholds.map { "{\($0), abort: true}" }.options))
    }

    /// The interval that ends a number of seconds after the warm-up.
    static func interval(
        _ second: Int64, _ phase: RunPhase = .run, acked: UInt64 = 10, lag: Int64 = 0,
        latencies: [Int64] = []
    ) -> IntervalReport {
        var producers = ProducerTally()
        producers.ackedRecords = acked
        for latency in latencies { producers.responseLatency.record(latency) }
        let group = (group: "g", tally: ConsumerTally())
        let partition = TopicPartition(topic: "t", partition: 0)
        return IntervalReport(
            phase: phase, elapsedNanos: (second + 1) * 1_000_000_000,
            intervalNanos: 1_000_000_000, unixNanos: 0, offeredRecords: 10, producers: producers,
            groups: [group], measuredProducers: phase == .warmup ? ProducerTally() : producers,
            measuredGroups: [group],
            lag: [
                LagSample(
                    group: "g", partition: partition, position: .zero, logEndOffset: Offset(lag),
                    records: lag, ageNanos: lag * 1_000_000)
            ],
            hiccupMaxNanos: 1000, conditions: MachineConditions(), residentBytes: 1 << 20,
            anonymousBytes: nil, cpuPercent: 50)
    }

    /// Which of some intervals, in turn, end the run.
    static func endings(
        _ watch: inout ThresholdWatch, _ intervals: [IntervalReport]
    ) -> [Bool] {
        intervals.map { watch.shouldEnd(after: $0) }
    }

    @Test func `is judged by all intervals since the warm-up together`() throws {
        var watch = try Self.watch("that: response_latency_p50 < 100us")
        let slow: [Int64] = [500_000, 500_000]
        // A bad second does not spoil the whole yet; a second one does.
        let endings = Self.endings(
            &watch,
            [
                Self.interval(1, latencies: [1000, 1000, 1000]), Self.interval(2, latencies: slow),
                Self.interval(3, latencies: slow), Self.interval(4, latencies: slow),
            ])
        #expect(endings == [false, false, true, false])
        let failure = try #require(watch.failure)
        #expect(failure.endedRunAfterSeconds == 3)
        #expect(!failure.holds && failure.threshold.text == "response_latency_p50 < 100us")
    }

    @Test func `ends nothing in the warm-up, in the drain, and in a run that is at its end`()
        throws
    {
        var watch = try Self.watch("that: lag_records_max < 5")
        let endings = Self.endings(
            &watch,
            [
                Self.interval(0, .warmup, lag: 9), Self.interval(1, lag: 4),
                Self.interval(2, .drain, lag: 9), Self.interval(10, lag: 9),
            ])
        #expect(!endings.contains(true))
        #expect(watch.failure == nil)
    }

    @Test func `waits as long as it says, but forgets nothing meanwhile`() throws {
        var watch = try Self.watch("that: lag_records_max < 5, after: 3s")
        let endings = Self.endings(
            &watch, [Self.interval(1, lag: 9), Self.interval(2), Self.interval(3)])
        #expect(endings == [false, false, true])
        #expect(watch.failure?.measured == .number(9))
    }

    @Test func `does not take what was not measured yet for a failure`() throws {
        var watch = try Self.watch("that: e2e_latency_p99 < 1ms", "that: failed_records == 0")
        let endings = Self.endings(&watch, (1...9).map { Self.interval($0) })
        #expect(!endings.contains(true))
    }

    @Test func `knows the rates of the run so far`() throws {
        var watch = try Self.watch("that: acked_rate >= 0.9 offered")
        let intervals = [(1, 10), (2, 8), (3, 0)].map { Self.interval($0.0, acked: $0.1) }
        #expect(Self.endings(&watch, intervals) == [false, false, true])
        #expect(watch.failure?.limit == .number(9))
        #expect(watch.failure?.measured == .number(6))
    }

    @Test func `that a count must equal fails beyond it, not before`() throws {
        var watch = try Self.watch("that: acked_records == 25")
        #expect(Self.endings(&watch, (1...3).map { Self.interval($0) }) == [false, false, true])
    }

    @Test func `ends a real run, which is drained and audited all the same`() throws {
        var profile = Simulation.profile(
            rate: .constant(.perSecond(1_000)), duration: .seconds(3_600))
        profile.interval = .milliseconds(20)
        var group = ConsumerGroupSettings()
        group.group = "g"
        profile.consumers = [group]
        profile.thresholds = try Profile(
            yaml: "{}",
            thresholds: ["{that: acked_records <= 50, abort: true}", "rss_max > 1GiB"]
        ).thresholds
        let result = try LoadRun(
            profile: profile, target: MemoryTarget(), pool: try PayloadPool.prepare(for: profile),
            directory: NSTemporaryDirectory()
        ).run { _ in }
        #expect(result.wasStopped)
        #expect(result.interruption == nil)
        #expect(result.producers.ackedRecords > 50)
        #expect(result.groups[0].tally.records == result.producers.ackedRecords)
        #expect(result.audit.isClean)
        let outcomes = profile.outcomes(of: result)
        #expect(outcomes[0].endedRunAfterSeconds != nil && !outcomes[0].holds)
        #expect(outcomes[1].endedRunAfterSeconds == nil)
    }
}
