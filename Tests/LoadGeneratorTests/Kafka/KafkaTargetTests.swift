import Foundation
import Synchronization
import Testing

@testable import LoadGenerator

/// Whole runs over the network, against Weir's own broker.
@Suite("A Kafka target", .serialized)
struct KafkaTargetTests {
    private static let text = """
        topics: {name: orders, partitions: 3}
        producers:
          count: 2
          rate: max
          config: {batch.size: 4KiB, linger.ms: 2ms, compression.type: lz4}
        payload: {kind: orders, pool: 1MiB}
        keys: {kind: payload}
        consumers: [{group: readers, members: 2}, {group: others}]
        warmup: 0s
        records: 20000
        """

    static func profile(_ server: String, _ overrides: [String] = []) throws -> Profile {
        try Profile(
            yaml: text,
            overrides: ["target=kafka", "client.bootstrap.servers=\(server)"]
                + overrides.options)
    }

    static func created() -> CreatedTopics {
        CreatedTopics(directory: NSTemporaryDirectory())
    }

    /// A run to its end; the target is closed.
    /// - Parameter brokers: the broker's process, which is this one if nothing else is said.
    static func run(
        _ profile: Profile, brokers: Set<Int32> = [getpid()],
        _ observe: @escaping @Sendable (IntervalReport) -> Void = { _ in }
    ) async throws -> RunResult {
        try await onThread {
            let target = try KafkaTarget(profile: profile, created: created())
            #expect(target.processIDs == brokers)
            let result = try LoadRun(
                profile: profile, target: target, pool: try PayloadPool.prepare(for: profile),
                directory: NSTemporaryDirectory()
            ).run(observe)
            try target.close()
            return result
        }
    }

    @Test(
        "delivers every record once, in batches that were lent",
        arguments: [
            ["producers.config.acks=all"], ["producers.config.acks=1"],
            ["compression.type=zstd", "check.crcs=true", "producers.threads=2"],
            ["client.isolation.level=read_committed", "producers.config.batch.size=200"],
        ])
    func delivers(_ overrides: [String]) async throws {
        let broker = try LocalBroker()
        let result = try await Self.run(try Self.profile(broker.address, overrides))
        #expect(result.failures == [])
        #expect(result.producers.ackedRecords == 20_000)
        #expect(result.producers.inDoubtRecords == 0)
        #expect(result.producers.serviceLatency.count == 20_000)
        for group in result.groups {
            #expect(group.tally.records == 20_000)
            #expect(group.audit == AuditCounts())
        }
        #expect(result.machine.flushes == nil)
        let network = try #require(result.network)
        #expect(network.readableRecords == 20_000)
        #expect(network.counts.produceRequests > 0 && network.counts.receivedBytes > 20_000)
        #expect(network.counts.lostConnections == 0 && network.counts.retries == 0)
        #expect(result.brokers.map(\.tally.ackedRecords) == [20_000])
        // All but those to bootstrap.servers, before the broker's id was known.
        #expect(result.brokers[0].traffic.requests <= network.counts.requests)
        #expect(result.brokers[0].traffic.requests > network.counts.produceRequests)
        #expect(result.leaders.count == 3)
        #expect(result.slowest.entries.count == 100 && result.writeGaps.count == 3)
        // The workers' threads only wait for their event loops.
        let figures = RunFigures(of: result, profile: try Self.profile(broker.address)).values
        #expect(figures["producer_cpu_s"] == nil && figures["consumer_cpu_s"] == nil)
        #expect(figures["codec_cpu_s"] != nil)
        // What the run created is gone.
        #expect(broker.topics == [])
        try broker.end()
    }

    @Test("says that its sockets are the limit, if their buffers are")
    func smallBuffers() async throws {
        let broker = try LocalBroker()
        let result = try await Self.run(
            try Self.profile(
                broker.address,
                [
                    "client.send.buffer.bytes=4096",
                    "payload={kind: random, size: 10KiB, pool: 4MiB}",
                    "keys={kind: none}", "producers.config.batch.size=512KiB", "consumers=[]",
                    "records=2000",
                ]))
        #expect(result.producers.ackedRecords == 2_000)
        let share = try #require(result.brokers[0].fullShare)
        #expect(share > 0.5)
        // On a busy machine the broker does not read all the time, and then it is not said.
        let isSaid = result.reasons.contains { $0.contains("the sockets to broker") }
        #expect(isSaid == (share > Judge.socketShareLimit), "\(share): \(result.reasons)")
        #expect(!isSaid || result.verdict == .generatorBound, "\(result.reasons)")
        try broker.end()
    }

    @Test("without acknowledgements leaves every record in doubt, and the run suspect")
    func acksNone() async throws {
        let broker = try LocalBroker()
        let result = try await Self.run(
            try Self.profile(broker.address, ["producers.config.acks=0"]))
        #expect(result.producers.inDoubtRecords == 20_000)
        #expect(result.producers.ackedRecords == 0)
        #expect(result.producers.failedRecords == 0)
        #expect(result.audit.isClean)
        #expect(result.verdict != .valid)
        let reason = try #require(result.reasons.first { $0.contains("records are in doubt") })
        #expect(reason.hasPrefix("20000 records"))
        for group in result.groups {
            #expect(reason.contains("group \(group.group) got 20000 of 20000"))
        }
        try broker.end()
    }

    @Test("commits positions, from which a later run continues in topics that exist")
    func continues() async throws {
        let broker = try LocalBroker()
        try broker.broker.log.createTopic("orders", partitions: 3)
        let profile = try Self.profile(
            broker.address, ["topics.existing=true", "consumers=[{group: g, from: committed}]"])
        for run in 1...2 {
            let result = try await Self.run(profile)
            #expect(result.groups[0].tally.records == 20_000, "run \(run)")
            #expect(result.audit == AuditCounts(), "run \(run)")
        }
        // Topics of others stay.
        #expect(broker.topics == ["orders"])
        try broker.end()
    }

    @Test("has no lag left, and the last positions committed, once all is read")
    func lag() async throws {
        let broker = try LocalBroker()
        try broker.broker.log.createTopic("orders", partitions: 3)
        let profile = try Self.profile(broker.address, ["topics.existing=true"])
        let samples = Mutex<[LagSample]>([])
        _ = try await Self.run(profile) { report in samples.withLock { $0 = report.lag } }
        let last = samples.withLock { $0 }
        #expect(last.count == 6)
        #expect(last.allSatisfy { $0.records == 0 && $0.position > .zero })
        let (committed, ends) = try await onThread {
            let target = try KafkaTarget(profile: profile, created: Self.created())
            try target.refreshOffsets()
            let committed = try target.committedOffsets(of: "readers")
            try target.close()
            return (committed, (0..<3).map { target.logEndOffset(of: $0) })
        }
        #expect(committed == [0: ends[0], 1: ends[1], 2: ends[2]])
        try broker.end()
    }

    @Test("delivers every record once across a restart of the broker")
    func restart() async throws {
        let first = try LocalBroker()
        let port = try #require(Int(first.address.split(separator: ":")[1]))
        let profile = try Self.profile(
            first.address, ["rate=5k/s", "interval=100ms", "records=20000"])
        let restarted = Mutex<Result<LocalBroker, any Error>?>(nil)
        let result = try await Self.run(profile) { report in
            restarted.withLock { restarted in
                guard restarted == nil, report.elapsedNanos > 1_000_000_000 else { return }
                restarted = Result {
                    try first.broker.shutdown()
                    return try LocalBroker(port: port, directory: first.directory)
                }
            }
        }
        let second = try restarted.withLock { try $0?.get() }
        #expect(second != nil)
        #expect(result.failures == [])
        #expect(result.producers.ackedRecords == 20_000)
        #expect(result.audit == AuditCounts())
        #expect(result.network?.counts.lostConnections ?? 0 > 0)
        #expect(result.reasons.contains { $0.contains("lost") })
        #expect(result.writeGaps.longest != nil)
        try second?.end()
    }
}
