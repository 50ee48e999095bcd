import Foundation
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
        var profile = Simulation.profile(rate: .max, duration: .zero, batchSize: 1_024)
        // A count and no time: a busy machine may give a thread nothing for long.
        profile.records = 5_000
        profile.warmup = warmup
        profile.interval = .seconds(3_600)
        profile.consumers = [group]
        return profile
    }

    private func run(
        _ profile: Profile, _ target: MemoryTarget, _ observe: (IntervalReport) -> Void = { _ in }
    ) throws -> RunResult {
        try LoadRun(
            profile: profile, target: target, pool: try PayloadPool.prepare(for: profile),
            directory: NSTemporaryDirectory()
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
        #expect(result.producers.ackedRecords == 5_000)
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
        profile.records = nil
        profile.duration = .seconds(3_600)
        let isFirst = Atomic<Bool>(true)
        let target = MemoryTarget(refuses: { _ in isFirst.exchange(false, ordering: .relaxed) })
        let result = try run(profile, target)
        #expect(result.verdict == .invalid)
        #expect(result.failures == ["refused"])
        // What was acknowledged until then was not acknowledged in an hour.
        #expect(result.measuredNanos < 3_600_000_000_000)
    }

    @Test func `a request to stop in the drain ends the drain, and says what was not read`()
        throws
    {
        var profile = profile(warmup: .zero)
        profile.interval = .milliseconds(10)
        profile.drainTimeout = .seconds(3_600)
        let load = try LoadRun(
            profile: profile, target: MemoryTarget(withheldFrom: Offset(10)),
            pool: PayloadPool.prepare(for: profile), directory: NSTemporaryDirectory())
        var stopped: [LoadRun.Stopped] = []
        let result = try load.run { report in
            if report.phase == .drain { stopped.append(load.requestStop()) }
        }
        #expect(stopped.first == .drain)
        #expect(stopped.dropFirst().allSatisfy { $0 == .nothingMore })
        let drain = try #require(result.drain)
        #expect(drain.wasCut && !drain.isComplete)
        // What nobody read is neither lost nor said to have been drained.
        let read = result.groups[0].tally.records
        #expect(result.audit == AuditCounts())
        #expect(drain.records <= read)
        #expect(drain.unreadRecords == result.producers.ackedRecords - read)
        // The partition was silent to the end, so its gap began with the first record that was withheld.
        let gap = try #require(result.groups[0].readGaps.longest)
        #expect(gap.startNanos + gap.nanos >= result.sendingNanos)
        #expect(!result.wasStopped)
        #expect(result.interruption?.phase == .drain)
        // On some machines the generator was the limit before that.
        #expect([.suspect, .generatorBound].contains(result.verdict))
        #expect(
            result.reasons.contains {
                $0.contains("cut the drain short") && $0.contains("\(drain.unreadRecords) records")
            })
    }

    @Test func `a request to stop in the warm-up leaves nothing that seems to be measured`() throws
    {
        var profile = profile(warmup: .seconds(3_600))
        profile.interval = .milliseconds(10)
        profile.producers.rate = .constant(.perSecond(1_000))
        let load = try LoadRun(
            profile: profile, target: MemoryTarget(),
            pool: PayloadPool.prepare(for: profile), directory: NSTemporaryDirectory())
        let result = try load.run { _ in load.requestStop() }
        #expect(result.interruption?.phase == .warmup)
        #expect(result.interruption?.plannedNanos == 3_600_000_000_000)
        #expect(result.measuredNanos == 0)
        #expect(result.verdict == .suspect)
        #expect(result.reasons.first?.contains("nothing was measured") == true)
        #expect(result.audit.isClean)
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
