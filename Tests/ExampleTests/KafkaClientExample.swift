import KafkaClient
import Logging
import NIOCore
import NIOPosix
import RecordFormat

/// Creates a topic, sends a batch to it, and reads it as a member of a group.
func sentAndRead(_ values: [String], by bootstrapServers: String) async throws -> [String] {
    // Settings have Kafka's names; an unknown one is an error.
    let settings = try ClientSettings([
        "bootstrap.servers": bootstrapServers, "group.id": "readers",
        "auto.offset.reset": "earliest",
    ])
    let cluster = Cluster(
        settings: settings, on: MultiThreadedEventLoopGroup.singleton.next(),
        logger: Logger(label: "example"))
    _ = try await Administrator(cluster: cluster).create(NewTopic("orders", partitionCount: 1))

    var builder = try RecordBatchBuilder(batchSize: 64 << 10, compression: Compression(.lz4))
    for value in values {
        _ = builder.append(timestamp: 1_750_000_000_000, key: nil, value: Array(value.utf8))
    }
    try builder.seal()
    // The client sends from this memory, which stays until the report is there.
    let memory = UnsafeMutableRawBufferPointer.allocate(
        byteCount: builder.sealedBytes.count, alignment: 64)
    defer { memory.deallocate() }
    memory.copyMemory(from: UnsafeRawBufferPointer(builder.sealedBytes))
    let producer = Producer(cluster: cluster)
    try await producer.prepare(topics: ["orders"]).get()
    let report = await producer.send(
        try SealedBatch(lending: memory), to: TopicPartition(topic: "orders", partition: 0))
    guard case .acknowledged = report.outcome else { fatalError("\(report.outcome)") }
    try await producer.close().get()

    let consumer = KafkaGroupConsumer(cluster: cluster, topics: ["orders"])
    var found: [String] = []
    while found.count < values.count,
        let event = try await consumer.next(within: .seconds(30)).get()
    {
        // Other events are partitions that come and go.
        guard case .records(let fetched) = event else { continue }
        found += try valuesOf(fetched)
    }
    try await consumer.commit().get()
    try await consumer.close().get()
    try await cluster.shutdown().get()
    return found
}

func valuesOf(_ fetched: FetchedRecords) throws -> [String] {
    var reader = RecordBatchReader()
    var values: [String] = []
    try fetched.forEachBatch { (header, batch) throws(RecordFormatError) in
        try reader.withRecords(of: batch, header: header, verifyChecksum: true) {
            (records) throws(RecordFormatError) in
            while let record = try records.next() {
                let value = records.bytes.bytes(of: record.value)
                values.append(value.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })
            }
        }
    }
    return values
}
