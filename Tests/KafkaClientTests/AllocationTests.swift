import AllocationCounter
import CommitLog
import KafkaProtocol
import NIOCore
import NIOPosix
import RecordFormat
import Testing

@testable import KafkaClient

/// How often a client's event loop asks the heap for memory. Debug builds do no better than these
/// figures, release builds do.
@Suite(
    "A client's event loop",
    .enabled(if: allocations_are_counted(), "a sanitizer stands in front of malloc"))
final class AllocationTests {
    private let broker: RunningBroker
    /// Its thread does nothing else.
    private let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let partition = TopicPartition(topic: "a-topic-with-a-long-name", partition: 0)

    init() throws {
        broker = try RunningBroker()
        _ = try broker.broker.log.createTopic(partition.topic, partitions: 1)
    }

    deinit { loops.shutdownGracefully { _ in } }

    private func cluster() throws -> Cluster {
        try Cluster(
            settings: ClientSettings(["bootstrap.servers": "\(broker.address)"]), on: loops.next(),
            logger: .silent)
    }

    private func allocated() async throws -> (count: Int, byteCount: Int) {
        try await loops.next().submit {
            (Int(allocation_count()), Int(allocated_byte_count()))
        }.get()
    }

    @Test("asks for memory by the request, not by its records, and copies none of their bytes")
    func producing() async throws {
        let cluster = try self.cluster()
        let producer = Producer(cluster: cluster)
        try await producer.prepare(topics: [partition.topic]).get()
        func figures(_ batch: TestBatch) async throws -> (count: Int, byteCount: Int) {
            func produce(_ count: Int) async throws {
                for _ in 0..<count {
                    let report = try await producer.send(batch.lent, to: partition)
                    guard case .acknowledged = report.outcome else {
                        Issue.record("\(report.outcome)")
                        return
                    }
                }
            }
            try await produce(10)
            let before = try await allocated()
            try await produce(50)
            let after = try await allocated()
            return ((after.count - before.count) / 50, (after.byteCount - before.byteCount) / 50)
        }
        let value = String(repeating: "x", count: 100)
        let small = try await figures(TestBatch([value]))
        let large = try await figures(TestBatch(Array(repeating: value, count: 600)))
        // A larger request is written in more pieces now and then.
        #expect(abs(large.count - small.count) <= 10, "\(large.count) and \(small.count)")
        #expect(small.count < 140, "\(small.count) allocations for a request")
        #expect(large.byteCount < 16_000, "\(large.byteCount) bytes for a batch of 60,000")
        try await producer.close().get()
        try await cluster.shutdown().get()
    }

    @Test("asks for memory by the batch that it fetched, not by its records")
    func fetching() async throws {
        func count(_ values: [String], topic: String) async throws -> Int {
            let log = try broker.broker.log.createTopic(topic, partitions: 1)[0]
            for _ in 0..<40 {
                var batch = try storedBatch(values, base: 0)
                try unsafe batch.withUnsafeMutableBytes { _ = try unsafe log.append($0) }
            }
            let cluster = try self.cluster()
            let consumer = KafkaConsumer(cluster: cluster)
            _ = try await cluster.topics([topic]).get()
            let before = try await allocated()
            try await consumer.seek([TopicPartition(topic: topic, partition: 0): .earliest]).get()
            var next = Offset.zero
            while next < log.logEndOffset {
                guard let records = try await consumer.next(within: .seconds(30)).get() else {
                    break
                }
                next = records.nextOffset
            }
            let after = try await allocated()
            try await cluster.shutdown().get()
            return after.count - before.count
        }
        let value = String(repeating: "x", count: 100)
        let few = try await count([String(repeating: value, count: 200)], topic: "few")
        let many = try await count(Array(repeating: value, count: 200), topic: "many")
        // The second has 8,000 records; in how many pieces a response comes is chance.
        #expect(many - few < 2_000, "\(many) and \(few)")
        #expect(few < 4_000, "\(few) allocations for 40 batches")
    }
}
