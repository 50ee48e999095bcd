import Measurement
import RecordFormat
import Synchronization
import Testing

@testable import LoadGenerator

@Suite("A whole run")
struct LoadRunTests {
    private var group: ConsumerGroupSettings {
        var group = ConsumerGroupSettings()
        group.group = "g"
        return group
    }

    private func profile(warmup: Duration) -> Profile {
        var profile = Simulation.profile(rate: .max, duration: .milliseconds(50), batchSize: 1_024)
        profile.warmup = warmup
        profile.interval = .seconds(3_600)
        profile.consumers = [group]
        return profile
    }

    private func run(
        _ profile: Profile, _ target: MemoryTarget, _ observe: (IntervalReport) -> Void = { _ in }
    ) throws -> RunResult {
        try LoadRun(
            profile: profile, target: target, pool: try PayloadPool.prepare(for: profile)
        ).run(observe)
    }

    @Test func `the reports of the measured part sum to the result`() throws {
        var (acked, latencies, held): (UInt64, UInt64, UInt64) = (0, 0, 0)
        let result = try run(profile(warmup: .milliseconds(20)), MemoryTarget()) { report in
            // These are what the histogram log is written from.
            guard report.phase != .warmup else { return }
            acked += report.measuredProducers.ackedRecords
            latencies += report.measuredProducers.responseLatency.count
            held += report.measuredGroups[0].tally.endToEndLatency.count
        }
        #expect(result.producers.ackedRecords > 0)
        #expect(acked == result.producers.ackedRecords)
        #expect(latencies == result.producers.responseLatency.count)
        #expect(held == result.groups[0].tally.records)
        #expect(held == acked)
    }

    @Test func `without a warm-up, the machine's use counts from the first record`() throws {
        let result = try run(profile(warmup: .zero), MemoryTarget())
        #expect(result.producers.ackedBatches > 0)
        #expect(result.machine.flushes == result.producers.ackedBatches)
    }

    @Test func `one failed producer thread ends the run`() throws {
        var profile = profile(warmup: .zero)
        profile.producers.rate = .constant(.perSecond(100))
        profile.producers.count = 2
        profile.producers.threads = 2
        // The other thread alone would go on for so long.
        profile.duration = .seconds(3_600)
        let isFirst = Atomic<Bool>(true)
        let target = MemoryTarget(refuses: { _ in isFirst.exchange(false, ordering: .relaxed) })
        let result = try run(profile, target)
        #expect(result.verdict == .invalid)
        #expect(result.failures == ["refused"])
        // What was acknowledged until then was not acknowledged in an hour.
        #expect(result.measuredNanos < 3_600_000_000_000)
    }

    @Test func `a group begins at its committed offset, or at the end of a log that lost it`()
        throws
    {
        let target = MemoryTarget()
        _ = try Simulation(
            profile: Simulation.profile(rate: .constant(.perSecond(10)), duration: .seconds(1)),
            target: target
        ).produce()
        var group = group
        group.from = .committed
        for (committed, expected) in [(4, 4), (10, 10), (25, 10)] as [(Int64, Int64)] {
            target.commit([0: Offset(committed)], of: "g")
            #expect(try ConsumerFleet.startPositions(of: group, target) == [Offset(expected)])
        }
        group.from = .offset(10)
        #expect(try ConsumerFleet.startPositions(of: group, target) == [Offset(10)])
        group.from = .offset(11)
        let error = #expect(throws: TargetError.self) {
            try ConsumerFleet.startPositions(of: group, target)
        }
        #expect(try #require(error).description.contains("ends at 10"))
    }
}
