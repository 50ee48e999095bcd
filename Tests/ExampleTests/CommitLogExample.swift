import CommitLog
import RecordFormat

/// Appends a batch to a log in a directory, makes it durable, and returns the offsets of all batches.
func appendedAndRead(in directory: String) throws -> [Offset] {
    // Files are Kafka's: orders-0/00000000000000000000.log, with its indexes. One process at a time.
    let log = try LogDirectory(path: directory)
    let partition =
        try log.partition(TopicPartition(topic: "orders", partition: 0))
        ?? log.createTopic("orders", partitions: 1, config: ["retention.ms": "3600000"])[0]

    var builder = try RecordBatchBuilder(batchSize: 64 << 10)
    _ = builder.append(timestamp: 1_750_000_000_000, key: nil, value: Array("order".utf8))
    try builder.seal()
    // Writes the offset into the batch. Readers see it at once; a crash may lose it until it is flushed.
    _ = try partition.append(builder.sealedBytes)
    try partition.flush()

    // A slice is whole batches, and one at least; its descriptor and position are for sendfile(2).
    var offsets: [Offset] = []
    var next = partition.logStartOffset
    while let slice = try partition.read(from: next, maxBytes: 1) {
        offsets.append(slice.baseOffset)
        next = slice.nextOffset
    }
    try log.close()
    return offsets
}
