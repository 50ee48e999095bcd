import Testing

@testable import LoadGenerator

@Suite("A run over a bad network", .serialized)
struct BadNetworkTests {
    @Test("has a delay of 20 ms in the service latency of every record, and end to end")
    func delay() async throws {
        let network = try await BadNetwork(delay: .milliseconds(20))
        let broker = try network.broker()
        let result = try await KafkaTargetTests.run(
            try KafkaTargetTests.profile(network.address, ["rate=2k/s", "records=1000"]))
        #expect(result.failures == [])
        #expect(result.producers.ackedRecords == 1_000)
        // Histograms round by less than a hundredth.
        let least: Int64 = 19_800_000
        #expect(result.producers.serviceLatency.minimum >= least)
        #expect(result.brokers[0].tally.serviceLatency.minimum >= least)
        for group in result.groups { #expect(group.tally.endToEndLatency.minimum >= least) }
        #expect(result.audit == AuditCounts())
        try await network.end()
        try broker.end()
    }

    @Test("delivers every record once though connections are cut in the middle of frames")
    func cuts() async throws {
        let network = try await BadNetwork(cuts: 12)
        let broker = try network.broker()
        let result = try await KafkaTargetTests.run(
            try KafkaTargetTests.profile(
                network.address,
                [
                    "client.reconnect.backoff.ms=2", "client.reconnect.backoff.max.ms=20",
                    "client.retry.backoff.ms=2",
                ]))
        #expect(network.cutsLeft == 0)
        #expect(result.failures == [])
        #expect(result.producers.ackedRecords == 20_000)
        #expect(result.producers.inDoubtRecords == 0)
        for group in result.groups { #expect(group.tally.records == 20_000) }
        // Nothing lost, duplicated, redelivered or out of order.
        #expect(result.audit == AuditCounts())
        let lost = try #require(result.network).counts.lostConnections
        #expect(lost > 0 && lost <= 12)
        #expect(result.verdict != .valid)
        try await network.end()
        try broker.end()
    }
}
