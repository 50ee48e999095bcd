import RecordFormat
import Testing

@testable import LoadGenerator

@Suite("Batches of a sticky producer")
struct StickyBatchTests {
    @Test func `are as full over six partitions as over one`() throws {
        var profile = Simulation.profile(
            rate: .constant(.perSecond(10_000)), duration: .seconds(1), batchSize: 16 << 10)
        profile.producers.linger = .seconds(60)
        profile.payload.size = .fixed(100)
        let batches = try [1, 6].map { partitions in
            let target = MemoryTarget(partitions: partitions)
            let produced = try Simulation(profile: profile, target: target).produce()
            #expect(produced.tally.ackedRecords == 10_000)
            return produced.tally.ackedBatches
        }
        #expect(batches[0] == batches[1])
    }
}
