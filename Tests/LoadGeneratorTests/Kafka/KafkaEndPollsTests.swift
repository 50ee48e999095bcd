import CommitLog
import KafkaClient
import Logging
import NIOCore
import NIOPosix
import RecordFormat
import Testing

@testable import LoadGenerator

@Suite("Polls of the logs' ends")
struct KafkaEndPollsTests {
    @Test("ask for some of many partitions at a time, and reach them all")
    func turns() async throws {
        let broker = try LocalBroker()
        let logs = try broker.broker.log.createTopic("orders", partitions: 5)
        for (index, log) in logs.enumerated() {
            for _ in 0...index { try Self.append(to: log) }
        }
        let partitions = (0..<5).map { TopicPartition(topic: "orders", partition: Int32($0)) }
        let cluster = try Cluster(
            settings: ClientSettings(["bootstrap.servers": broker.address]),
            on: MultiThreadedEventLoopGroup.singleton.next(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let offsets = KafkaOffsets(partitionCount: 5)
        let polls = KafkaEndPolls(
            Administrator(cluster: cluster), partitions, learnedBy: offsets, partitionLimit: 2)
        polls.begin()
        // The polls run on the tests' threads, which other tests may keep for minutes.
        let deadline = ContinuousClock.now + .seconds(1_200)
        while polls.roundNanos == 0, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect((0..<5).map { offsets.end(of: $0) } == (1...5).map { Offset($0) })
        // Three polls, each with a pause of 100 ms behind it.
        #expect(polls.roundNanos >= 300_000_000)
        try await polls.end()?.get()
        try await cluster.shutdown().get()
        try broker.end()
    }

    private static func append(to log: PartitionLog) throws {
        var builder = try RecordBatchBuilder(batchSize: 1_000, compression: .none)
        let fits = builder.append(
            timestamp: 1_750_000_000_000, key: nil, value: Array("value".utf8))
        try #require(fits)
        try builder.seal()
        let sealed = unsafe builder.sealedBytes
        _ = try unsafe log.append(sealed)
    }
}
