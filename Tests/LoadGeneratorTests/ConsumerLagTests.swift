import RecordFormat
import Testing

@testable import LoadGenerator

@Suite("Consumer lag")
struct ConsumerLagTests {
    /// One record a second for 100 s, each a batch of its own.
    private func hundredSeconds() throws -> Simulation {
        let profile = Simulation.profile(rate: .constant(.perSecond(1)), duration: .seconds(100))
        let simulation = Simulation(profile: profile, target: MemoryTarget())
        _ = try simulation.produce()
        return simulation
    }

    private func sampler(
        _ simulation: Simulation, _ boards: [GroupBoard], at seconds: Double,
        knowsRecords: Bool = true
    ) -> LagSampler {
        simulation.clock.advance(to: Int64(seconds * 1e9))
        return LagSampler(
            target: simulation.target, boards: boards,
            ledger: knowsRecords ? simulation.ledger : nil, time: .manual(simulation.clock),
            unixOffsetNanos: Simulation.unixStart)
    }

    /// A group that has read some records, each a batch.
    private func board(_ positions: [Int64], group: String = "g") -> GroupBoard {
        let board = GroupBoard(
            group: group, positions: positions.map { _ in .zero }, isPaused: false)
        for (partition, position) in positions.enumerated() {
            board.advance(partition, to: Offset(position), nextEntry: Int(position))
        }
        return board
    }

    @Test(arguments: [0, 1, 40, 99, 100], [true, false])
    func `lag in records and in time equals the model's, by the ledger and by timestamps`(
        position: Int64, knowsRecords: Bool
    ) throws {
        let simulation = try hundredSeconds()
        // At 120 s, the record of offset n is 120 - n seconds old.
        let sampler = sampler(
            simulation, [board([position])], at: 120, knowsRecords: knowsRecords)
        let sample = try #require(sampler.sample().first)
        #expect(sample.logEndOffset == Offset(100))
        #expect(sample.records == 100 - position)
        #expect(sample.ageNanos == (position == 100 ? 0 : (120 - position) * 1_000_000_000))
    }

    @Test func `the age of this run's records has nanoseconds, that of others milliseconds`() throws
    {
        let simulation = try hundredSeconds()
        // 400 µs after the last record was due.
        let seconds = 99.000_4
        let own = sampler(simulation, [board([99])], at: seconds).sample()
        #expect(own.map(\.records) == [1])
        #expect(own.map(\.ageNanos) == [400_000])
        let others = sampler(simulation, [board([99])], at: seconds, knowsRecords: false).sample()
        #expect(others.map(\.ageNanos) == [0])
    }

    @Test func `records of earlier runs are as old as their timestamps say`() throws {
        let earlier = try hundredSeconds()
        let later = Simulation(
            profile: earlier.profile, target: earlier.target, clock: earlier.clock)
        let board = GroupBoard(group: "g", positions: [Offset(40)], isPaused: false)
        let sample = try #require(sampler(later, [board], at: 120).sample().first)
        #expect(sample.ageNanos == 80_000_000_000)
    }

    @Test func `entries that a group has passed since it told its place make it no older`() throws {
        let simulation = try hundredSeconds()
        let ledger = simulation.ledger.partitions[0]
        _ = ledger.slot(at: 60, group: 0, needing: 60)
        let sample = try #require(sampler(simulation, [board([40])], at: 120).sample().first)
        #expect(sample.ageNanos == 60_000_000_000)
    }

    @Test func `an idle topic does not age, and a group that is at its end has no lag`() throws {
        let simulation = try hundredSeconds()
        for seconds in [100.0, 5_000, 1e6] {
            let sample = try #require(
                sampler(simulation, [board([100])], at: seconds).sample().first)
            #expect(sample.records == 0 && sample.ageNanos == 0)
        }
    }

    @Test func `a group whose position is beyond the known end has no negative lag`() throws {
        let simulation = try hundredSeconds()
        let sample = try #require(sampler(simulation, [board([103])], at: 120).sample().first)
        #expect(sample.records == 0 && sample.ageNanos == 0)
        // It has read so far, so the log is at least so long.
        #expect(sample.logEndOffset == Offset(103))
    }

    /// A rate that jumps does not matter: the age is that of a record, and nothing is extrapolated.
    @Test func `the age has no cap, and is that of the oldest record at any rate`() throws {
        let profile = Simulation.profile(
            rate: .steps([
                RateStep(rate: .perSecond(1), duration: .seconds(10)),
                RateStep(rate: .perSecond(100), duration: .seconds(1)),
            ]), duration: .seconds(11))
        let simulation = Simulation(profile: profile, target: MemoryTarget())
        _ = try simulation.produce()
        let week = 7.0 * 24 * 3_600
        let sample = try #require(sampler(simulation, [board([9])], at: week).sample().first)
        #expect(sample.records == 101)
        #expect(sample.ageNanos == Int64((week - 9) * 1e9))
    }

    @Test func `what is committed is told beside the position`() throws {
        let simulation = try hundredSeconds()
        let board = board([40])
        let sampler = sampler(simulation, [board], at: 120)
        #expect(sampler.sample().map(\.committed) == [nil])
        board.commit([Offset(25)])
        #expect(sampler.sample().map(\.committed) == [Offset(25)])
    }

    @Test func `each group has its own lag in each partition`() throws {
        var profile = Simulation.profile(rate: .constant(.perSecond(10)), duration: .seconds(10))
        profile.producers.partitioner = .roundRobin
        let simulation = Simulation(profile: profile, target: MemoryTarget(partitions: 4))
        _ = try simulation.produce()
        let boards = [
            board([0, 0, 0, 0], group: "far"), board([24, 24, 24, 24], group: "near"),
        ]
        let samples = sampler(simulation, boards, at: 10).sample()
        #expect(
            samples.map(\.group) == Array(repeating: "far", count: 4)
                + Array(repeating: "near", count: 4))
        #expect(samples.map(\.records) == [25, 25, 25, 25, 1, 1, 1, 1])
    }
}
