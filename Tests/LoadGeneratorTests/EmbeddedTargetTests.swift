import Foundation
import Measurement
import Testing

@testable import LoadGenerator

@Suite("The embedded target")
struct EmbeddedTargetTests {
    @Test(arguments: Acks.allCases)
    func `the topic's flush policy holds whether or not its producers wait`(acks: Acks) throws {
        let path = FileManager.default.temporaryDirectory.path + "/weir-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        var profile = Simulation.profile(
            rate: .constant(.perSecond(1_000)), duration: .seconds(1))
        profile.producers.acks = acks
        profile.topics.config["flush.messages"] = "1"
        let target = try EmbeddedTarget(path: path, topics: profile.topics)
        let pool = try PayloadPool.prepare(for: profile)
        let result = try LoadRun(
            profile: profile, target: target, pool: pool,
            directory: NSTemporaryDirectory()
        ).run { _ in }
        try target.close()
        // A busy machine may send some of them too late for the run's end, which then are unsent.
        #expect(result.producers.ackedRecords + result.unsentRecords == 1_000)
        #expect(result.producers.ackedRecords > 0)
        // Closing flushes each of the partition's files once; the policy, what was appended.
        #expect(try #require(result.machine.flushes) > 0)
    }
}
