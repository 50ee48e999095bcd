import CommitLog
import RecordFormat

@testable import Broker

/// Appends to internal topics as Weir 0.1.0 did, wherever it is told to.
struct InternalTopicWriter {
    let log: LogDirectory
    let topic: String
    let partitionCount: Int32

    func partition(_ index: Int32) throws -> PartitionLog {
        let topicPartition = TopicPartition(topic: topic, partition: index)
        guard let partition = log.partition(topicPartition) else {
            throw LogError.unknownTopic(topic)
        }
        return partition
    }

    /// The partition in which Weir 0.1.0 kept everything about a name.
    func former(_ name: String) -> Int32 {
        CoordinatorPartition.formerIndex(of: name, among: partitionCount)
    }

    func right(_ name: String) -> Int32 {
        CoordinatorPartition.index(of: name, among: partitionCount)
    }

    func append(
        _ record: OffsetsTopicRecord, to index: Int32, at timestamp: Int64, producer: Int64? = nil,
        compression: Compression = .none
    ) throws {
        let (key, value) = try record.encoded()
        try append(
            key: key, value: value, to: index, at: timestamp, producer: producer,
            compression: compression)
    }

    func append(
        _ record: TransactionStateRecord, to index: Int32, at timestamp: Int64
    ) throws {
        let (key, value) = try record.encoded()
        try append(key: key, value: value, to: index, at: timestamp)
    }

    func append(
        key: [UInt8], value: [UInt8]?, to index: Int32, at timestamp: Int64, producer: Int64? = nil,
        compression: Compression = .none
    ) throws {
        var builder = try RecordBatchBuilder(batchSize: 1 << 16, compression: compression)
        _ = builder.append(timestamp: timestamp, key: key, value: value)
        if let producer {
            try builder.seal(
                producerID: ProducerID(producer), producerEpoch: ProducerEpoch(0),
                baseSequence: 0, isTransactional: true)
        } else {
            try builder.seal()
        }
        _ = try unsafe partition(index).append(builder.sealedBytes, origin: .coordinator)
    }

    func end(_ producer: Int64, isCommit: Bool, in index: Int32) throws {
        _ = try partition(index).appendMarker(
            TransactionMarker(
                producerID: ProducerID(producer), producerEpoch: ProducerEpoch(0),
                isCommit: isCommit, coordinatorEpoch: 0))
    }

    /// Where each partition ends.
    func ends() throws -> [Offset] {
        try (0..<partitionCount).map { try partition($0).logEndOffset }
    }

    /// The last record of each key of a partition.
    func lastRecords(of index: Int32) throws -> [[UInt8]: LastRecords.Entry] {
        try LastRecords.read(try partition(index)) { _ in true }.entries.compactMapValues { $0 }
    }
}
