import Foundation
import Measurement
import RecordFormat
import Testing

@testable import LoadGenerator

@Suite("A target that does not answer")
struct DeliveryTimeoutTests {
    /// Ten records a second, each a batch of its own, one in flight.
    private func profile() -> Profile {
        var profile = Simulation.profile(rate: .constant(.perSecond(10)), duration: .seconds(600))
        profile.producers.maxInFlight = 1
        return profile
    }

    @Test func `ends the load after delivery.timeout.ms, with every record that it took failed`()
        throws
    {
        let simulation = Simulation(profile: profile(), target: MemoryTarget(answersLate: true))
        let produced = try simulation.produce()
        // Kafka's default, from the first record's batch on.
        #expect(simulation.clock.now == 120_000_000_000)
        #expect(produced.tally.sentRecords == 1)
        #expect(produced.tally.ackedRecords == 0)
        #expect(produced.tally.failedRecords == produced.sent[0].ends[0])
        #expect(produced.tally.failedRecords > 1)
        // The gap never ended: it lasted from the first record on.
        #expect(produced.gaps.map(\.nanos) == [120_000_000_000])
        // What the target may have stored all the same is neither lost nor held against it.
        #expect(simulation.consume(against: produced.sent).audit == AuditCounts())
    }

    @Test func `may answer a given-up batch later, which changes nothing`() throws {
        var profile = profile()
        profile.producers.count = 2
        profile.producers.batchSize = 1 << 20
        // The first batch goes at 60 ms and is given up at 150 ms. That ends the load, so the second
        // producer's batch goes, begun at 100 ms: it brings the answer to the first.
        profile.producers.linger = .milliseconds(60)
        profile.producers.deliveryTimeout = .milliseconds(150)
        let simulation = Simulation(profile: profile, target: MemoryTarget(answersLate: true))
        let produced = try simulation.produce()
        #expect(simulation.clock.now == 250_000_000)
        #expect(produced.tally.sentRecords == 2)
        #expect(produced.tally.failedRecords == 2)
        #expect(produced.tally.ackedRecords == 0)
        #expect(simulation.consume(against: produced.sent).audit == AuditCounts())
    }

    @Test func `that is only slow is waited for`() throws {
        var profile = profile()
        profile.duration = .seconds(10)
        profile.producers.maxInFlight = 2
        let simulation = Simulation(profile: profile, target: MemoryTarget(answersLate: true))
        let produced = try simulation.produce()
        // All but the last, which no other follows.
        #expect(produced.tally.ackedRecords == 99)
        #expect(produced.tally.failedRecords == 1)
    }

    @Test func `ends a whole run, whose verdict says why`() throws {
        var profile = profile()
        profile.producers.deliveryTimeout = .milliseconds(50)
        let load = try LoadRun(
            profile: profile, target: MemoryTarget(answersLate: true),
            pool: PayloadPool.prepare(for: profile), directory: NSTemporaryDirectory())
        let result = try load.run { _ in }
        #expect(result.verdict == .invalid)
        #expect(
            result.failures == [
                "a batch was not acknowledged within delivery.timeout.ms, 50 ms"
            ])
    }

    @Test func `is given no less time than a batch lingers`() {
        let faults = ProfileErrorTests.faults(
            "producers: {config: {linger.ms: 5s, delivery.timeout.ms: 5s}}")
        #expect(faults.count == 1)
        #expect(faults.first?.contains("longer than linger.ms") == true)
    }
}
