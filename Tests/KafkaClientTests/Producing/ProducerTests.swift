import KafkaProtocol
import NIOCore
import RecordFormat
import Synchronization
import Testing

@testable import KafkaClient

/// All of a partition, as the broker hands it out.
func fetched(_ cluster: Cluster, _ partition: TopicPartition) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    // Where no broker could be reached lately the client has forgotten the leaders.
    _ = try await cluster.topics([partition.topic]).get()
    let leader = try await cluster.onLoop { $0.leader(of: partition) }
    let connection = try await cluster.connection(to: leader?.nodeID ?? 0, use: .data).get()
    var offset = Offset.zero
    while true {
        var request = FetchRequest()
        request.maxBytes = 50 << 20
        var topic = FetchRequest.Topic()
        topic.topic = partition.topic
        var one = FetchRequest.Partition()
        one.partition = partition.partition
        one.fetchOffset = offset
        one.partitionMaxBytes = 1 << 20
        topic.partitions = [one]
        request.topics = [topic]
        let response = try await connection.send(
            request, highestVersion: FetchRequest.lastVersionByName
        ).get()
        let records = response.body.responses[0].partitions[0].records ?? .empty
        guard records.byteCount > 0 else { return bytes }
        let batches = Array(buffer: response.bytes(of: records))
        bytes += batches
        var position = 0
        while position < batches.count {
            let header = try unsafe RecordBatchHeader(
                batches.span.bytes.extracting(position..<batches.count))
            position += header.sizeInBytes
            offset = header.nextOffset
        }
    }
}

@Suite("A producer at Weir's broker")
struct ProducerTests {
    private let broker: RunningBroker

    init() throws { broker = try RunningBroker() }

    private func partition(_ topic: String, _ index: Int32 = 0) -> TopicPartition {
        TopicPartition(topic: topic, partition: index)
    }

    @Test(
        "writes batches of every codec that are read back as they were",
        arguments: [CompressionCodec.none, .gzip, .snappy, .lz4, .zstd])
    func codecs(codec: CompressionCodec) async throws {
        let cluster = try broker.cluster()
        let admin = Administrator(cluster: cluster)
        try await admin.create(NewTopic("orders", partitionCount: 3))
        let producer = Producer(cluster: cluster)
        try await producer.prepare(topics: ["orders"]).get()
        for round in 0..<4 {
            for index: Int32 in 0..<3 {
                let batch = try TestBatch(
                    (0..<10).map { "\(index)-\(round)-\($0)" }, codec: codec)
                let report = try await producer.send(batch.lent, to: partition("orders", index))
                #expect(
                    report.outcome
                        == .acknowledged(
                            Acknowledgement(
                                baseOffset: Offset(Int64(round) * 10), logAppendTimeMs: nil)))
                #expect(report.sequence?.base == Int32(round) * 10)
                withExtendedLifetime(batch) {}
            }
        }
        for index: Int32 in 0..<3 {
            let values = try RecordBatchReader.values(
                in: try await fetched(cluster, partition("orders", index)))
            #expect(
                values == (0..<4).flatMap { round in (0..<10).map { "\(index)-\(round)-\($0)" } })
        }
        try await producer.close().get()
        try await cluster.shutdown().get()
    }

    @Test("is refused a partition that the topic does not have, at once")
    func missingPartition() async throws {
        let cluster = try broker.cluster()
        try await Administrator(cluster: cluster).create(NewTopic("orders", partitionCount: 3))
        let producer = Producer(cluster: cluster)
        try await producer.prepare(topics: ["orders"]).get()
        let batch = try TestBatch(["value"])
        let report = try await producer.send(batch.lent, to: partition("orders", 3))
        #expect(report.outcome == .failed(.broker(.unknownTopicOrPartition, message: nil)))
        withExtendedLifetime(batch) {}
        try await producer.close().get()
        try await cluster.shutdown().get()
    }

    @Test(
        "has every batch acknowledged with many on their way",
        arguments: [
            [:], ["acks": "1", "max.in.flight.requests.per.connection": "1"],
            ["acks": "all", "max.request.size": "3000"],
        ])
    func pipelining(settings: [String: String]) async throws {
        let cluster = try broker.cluster(settings)
        try await Administrator(cluster: cluster).create(NewTopic("orders", partitionCount: 4))
        let producer = Producer(cluster: cluster)
        let batches = try (0..<400).map { try TestBatch(["value \($0)"]) }
        let acknowledged = Mutex(0)
        for (index, batch) in batches.enumerated() {
            producer.submit(try batch.lent, to: partition("orders", Int32(index % 4))) { report in
                guard case .acknowledged = report.outcome else { return }
                acknowledged.withLock { $0 += 1 }
            }
        }
        try await producer.flush().get()
        #expect(acknowledged.withLock { $0 } == 400)
        for index in 0..<4 {
            let values = try RecordBatchReader.values(
                in: try await fetched(cluster, partition("orders", Int32(index))))
            #expect(values == stride(from: index, to: 400, by: 4).map { "value \($0)" })
        }
        try await cluster.shutdown().get()
    }

    @Test("leaves no connection behind that was made while it was closing")
    func lateConnection() async throws {
        // Without an id to wait for, the first batch is what connects.
        let cluster = try broker.cluster(["enable.idempotence": "false"])
        try await Administrator(cluster: cluster).create(NewTopic("orders", partitionCount: 1))
        _ = try await cluster.topics(["orders"]).get()
        for _ in 0..<5 {
            let producer = Producer(cluster: cluster)
            let batch = try TestBatch(["value"])
            let partition = partition("orders")
            let lent = try batch.lent
            // In one turn of the loop it begins to connect, and closes in the next.
            try await cluster.onLoop { _ in producer.submit(lent, to: partition) { _ in } }
            try await cluster.onLoop { _ in }
            try await producer.close().get()
            withExtendedLifetime(batch) {}
        }
        try await eventually {
            try await cluster.onLoop { cluster in
                let producers = cluster.connectionStatistics.filter {
                    if case .producer = $0.use { true } else { false }
                }
                return cluster.counts.openedConnections >= 6 && producers.isEmpty
            }
        }
        try await cluster.shutdown().get()
    }

    @Test("leaves batches in doubt with acks=0, and they arrive")
    func noAcks() async throws {
        let cluster = try broker.cluster(["acks": "0"])
        try await Administrator(cluster: cluster).create(NewTopic("orders", partitionCount: 1))
        let producer = Producer(cluster: cluster)
        let batch = try TestBatch(["a", "b"])
        let report = try await producer.send(batch.lent, to: partition("orders"))
        #expect(report.outcome == .inDoubt(.noAcknowledgement))
        #expect(report.sequence == nil)
        // The connection handles its requests in their order.
        #expect(
            try RecordBatchReader.values(in: try await fetched(cluster, partition("orders")))
                == ["a", "b"])
        try await cluster.shutdown().get()
    }

    @Test("tells the number of a batch before it is sent")
    func numbers() async throws {
        let cluster = try broker.cluster()
        try await Administrator(cluster: cluster).create(NewTopic("orders", partitionCount: 1))
        let told = Mutex<[Int32]>([])
        let producer = Producer(cluster: cluster) { batch, _, sequence in
            told.withLock { $0.append(sequence.base) }
            let header = try? unsafe RecordBatchHeader(
                RawSpan(_unsafeBytes: UnsafeRawBufferPointer(batch.bytes)))
            #expect(header?.baseSequence == sequence.base)
        }
        for _ in 0..<3 {
            let batch = try TestBatch(["a", "b"])
            _ = try await producer.send(batch.lent, to: partition("orders"))
        }
        #expect(told.withLock { $0 } == [0, 2, 4])
        try await cluster.shutdown().get()
    }

    @Test("fails a batch that the topic does not take, and goes on")
    func refused() async throws {
        let cluster = try broker.cluster()
        try await Administrator(cluster: cluster).create(
            NewTopic("small", partitionCount: 1, configs: ["max.message.bytes": "500"]))
        let producer = Producer(cluster: cluster)
        let large = try TestBatch([String(repeating: "x", count: 1000)])
        let refused = try await producer.send(large.lent, to: partition("small"))
        guard case .failed(.broker(.messageTooLarge, _)) = refused.outcome else {
            Issue.record("\(refused.outcome)")
            return
        }
        let fitting = try TestBatch(["fits"])
        let next = try await producer.send(fitting.lent, to: partition("small"))
        #expect(next.sequence?.identity.epoch == ProducerEpoch(1))
        #expect(
            try RecordBatchReader.values(in: try await fetched(cluster, partition("small")))
                == ["fits"])
        try await cluster.shutdown().get()
    }
}
