import RecordFormat
import Testing

@testable import LoadGenerator

@Suite("Consumer lag")
struct ConsumerLagTests {
    /// One record a second for 100 s, each a batch of its own.
    private func hundredRecords() throws -> Simulation {
        let profile = Simulation.profile(rate: .constant(.perSecond(1)), duration: .seconds(100))
        let simulation = Simulation(profile: profile, target: MemoryTarget())
        _ = try simulation.produce()
        return simulation
    }

    @Test(arguments: [0, 1, 40, 99, 100])
    func `lag in records and in time equals the model's`(position: Int64) throws {
        let simulation = try hundredRecords()
        let board = GroupBoard(group: "g", positions: [Offset(position)], isPaused: false)
        let sampler = LagSampler(target: simulation.target, boards: [board])
        // At 120 s, the record of offset n is 120 - n seconds old.
        let now = Simulation.unixStart / 1_000_000 + 120_000
        let sample = try #require(sampler.sample(unixMillis: now).first)
        #expect(sample.logEndOffset == Offset(100))
        #expect(sample.records == 100 - position)
        #expect(sample.milliseconds == (position == 100 ? 0 : (120 - position) * 1_000))
    }

    @Test func `each group has its own lag in each partition`() throws {
        var profile = Simulation.profile(rate: .constant(.perSecond(10)), duration: .seconds(10))
        profile.producers.partitioner = .roundRobin
        let target = MemoryTarget(partitions: 4)
        _ = try Simulation(profile: profile, target: target).produce()
        let boards = [
            GroupBoard(group: "far", positions: Array(repeating: .zero, count: 4), isPaused: false),
            GroupBoard(
                group: "near", positions: Array(repeating: Offset(24), count: 4), isPaused: false),
        ]
        let samples = LagSampler(target: target, boards: boards)
            .sample(unixMillis: Simulation.unixStart / 1_000_000 + 10_000)
        #expect(
            samples.map(\.group) == Array(repeating: "far", count: 4)
                + Array(repeating: "near", count: 4))
        #expect(samples.map(\.records) == [25, 25, 25, 25, 1, 1, 1, 1])
    }
}
