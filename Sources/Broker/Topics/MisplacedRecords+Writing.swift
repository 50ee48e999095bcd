import CommitLog
import RecordFormat

/// Appending what moves records.
extension MisplacedRecords {
    private static let batchByteCount = 1 << 20

    /// Blocks. Throws `MisplacedRecordTooLarge` where the partition takes a record in no form.
    func append(
        _ additions: [Addition], to index: Int32, headers: RecordHeaders
    ) throws {
        let partition = partitions[Int(index)]
        let config = partition.config.value
        let limit = Int(
            min(Int64(Self.batchByteCount), config.maxMessageBytes, config.segmentBytes))
        var builder = try RecordBatchBuilder(batchSize: limit)
        // Where the topic takes no old timestamps, they are as old as it takes them, or nearly.
        let earliest = nowMs &- config.timestampBeforeMaxMs / 2
        for var addition in additions.sorted(by: { $0.timestamp < $1.timestamp }) {
            addition.timestamp = min(max(addition.timestamp, earliest), nowMs)
            if !Self.add(addition, headers, to: &builder) {
                try Self.send(&builder, to: partition)
                let isTaken = Self.add(addition, headers, to: &builder)
                precondition(isTaken, "an empty batch takes any record that was read")
            }
            if builder.uncompressedByteCount > limit {
                builder.reset()
                try appendCompressed(addition, headers, to: partition)
            }
        }
        if !builder.isEmpty { try Self.send(&builder, to: partition) }
    }

    /// Appends a record that the topic's limits do not admit as it is. Where it comes from it was
    /// in a compressed batch, or the limits were others.
    private func appendCompressed(
        _ addition: Addition, _ headers: RecordHeaders, to partition: PartitionLog
    ) throws {
        var builder = try RecordBatchBuilder(
            batchSize: Self.batchByteCount, compression: .zstd())
        _ = Self.add(addition, headers, to: &builder)
        do {
            try Self.send(&builder, to: partition)
        } catch let error as AppendError {
            throw MisplacedRecordTooLarge(
                name: addition.name, target: partition.topicPartition, cause: error)
        }
    }

    private static func add(
        _ addition: Addition, _ headers: RecordHeaders, to builder: inout RecordBatchBuilder
    ) -> Bool {
        builder.append(
            timestamp: addition.timestamp, key: addition.key, value: addition.value,
            headers: headers)
    }

    private static func send(
        _ builder: inout RecordBatchBuilder, to partition: PartitionLog
    ) throws {
        try builder.seal()
        _ = try unsafe partition.append(
            builder.sealedBytes, origin: .coordinator, validation: .trusted)
        builder.reset()
    }
}

/// A record that cannot be moved. It stays where it is, and nothing is lost.
struct MisplacedRecordTooLarge: Error, CustomStringConvertible {
    /// The group or transactional id.
    var name: String
    var target: TopicPartition
    var cause: AppendError

    var description: String {
        "an entry of \(name) cannot be moved to \(target), where it belongs: \(cause) Give the topic a "
            + "higher limit and start again"
    }
}
