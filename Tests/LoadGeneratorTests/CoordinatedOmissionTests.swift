import Measurement
import Testing

@testable import LoadGenerator

@Suite("Latency counts from the intended time")
struct CoordinatedOmissionTests {
    /// 1,000 records a second for 10 s; the send at 5 s takes one second. The 1,000 records due in
    /// that second are 1,000 ms, 999 ms, … 1 ms old when they are acknowledged; the others 0.
    private func stalledRun() throws -> Simulation.Produced {
        let clock = ManualClock()
        let target = MemoryTarget(beforeSend: { stored in
            if stored == 5_000 { clock.advance(by: 1_000_000_000) }
        })
        let profile = Simulation.profile(rate: .constant(.perSecond(1_000)), duration: .seconds(10))
        return try Simulation(profile: profile, target: target, clock: clock).produce()
    }

    @Test(arguments: [
        (50.0, 0), (89.0, 0), (91.0, 100), (95.0, 500), (99.0, 900), (99.9, 990), (100.0, 1_000),
    ])
    func `a stall of a second gives the response percentiles of the arithmetic`(
        percentile: Double, milliseconds: Int
    ) throws {
        let response = try stalledRun().tally.responseLatency
        #expect(response.count == 10_000)
        let measured = Double(try #require(response.percentile(percentile)))
        let predicted = Double(milliseconds) * 1e6
        // Three significant digits, and the one record between two neighbours of the schedule.
        #expect(abs(measured - predicted) <= predicted * 0.001 + 1_000_000)
    }

    @Test func `service latency shows the stall once and send delay the records behind it`() throws
    {
        let tally = try stalledRun().tally
        #expect(try #require(tally.serviceLatency.percentile(99.98)) < 1_000_000)
        #expect(abs(Double(tally.serviceLatency.maximum) - 1e9) <= 1e6)
        #expect(abs(Double(tally.sendDelay.maximum) - 0.999e9) <= 1e6)
    }

    @Test(arguments: [Rate.max, .constant(.perSecond(100_000))])
    func `a record behind a slow send is not sent before it`(rate: Rate) throws {
        let clock = ManualClock()
        // Each batch holds one record, and each send takes one millisecond.
        let target = MemoryTarget(beforeSend: { _ in clock.advance(by: 1_000_000) })
        let profile = Simulation.profile(rate: rate, duration: .milliseconds(500))
        let tally = try Simulation(profile: profile, target: target, clock: clock).produce().tally
        #expect(tally.ackedRecords >= 200)
        // A record is kept until the next one finds it in the way, so it sees two sends at most.
        #expect(tally.serviceLatency.maximum <= 2_002_000)
    }

    @Test func `no record of the schedule is dropped, however late`() throws {
        let tally = try stalledRun().tally
        #expect(tally.sentRecords == 10_000)
        #expect(tally.ackedRecords == 10_000)
        #expect(tally.sendDelay.count == 10_000)
    }

    @Test func `end-to-end latency counts from the intended time that the record carries`() throws {
        let clock = ManualClock()
        let target = MemoryTarget()
        let profile = Simulation.profile(rate: .constant(.perSecond(1_000)), duration: .seconds(10))
        let simulation = Simulation(profile: profile, target: target, clock: clock)
        let produced = try simulation.produce()
        // All is read at one moment, 12 s after the start: ages run from 12 s to 2.001 s.
        clock.advance(to: 12_000_000_000)
        let latency = simulation.consume(against: produced.sent).tally.endToEndLatency
        #expect(latency.count == 10_000)
        #expect(abs(Double(latency.maximum) - 12e9) <= 12e6)
        #expect(abs(Double(latency.minimum) - 2.001e9) <= 3e6)
        #expect(abs(Double(try #require(latency.percentile(50))) - 7e9) <= 8e6)
    }
}
