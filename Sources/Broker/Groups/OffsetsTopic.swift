import CommitLog
import KafkaProtocol
import RecordFormat

/// The topic `__consumer_offsets`, as the coordinator writes it.
///
/// Thread contract: the coordinator loop's own, apart from the static functions.
final class OffsetsTopic {
    static let name = InternalTopic.consumerOffsets
    /// Committed offsets and metadata of one request go into one batch, which must not be larger.
    static let batchByteCount = 1 << 20

    private let log: LogDirectory
    let partitionCount: Int32
    /// Nil before the topic exists.
    private(set) var partitions: [PartitionLog]?
    private var builder: RecordBatchBuilder?

    init(log: LogDirectory, partitionCount: Int32) {
        self.log = log
        self.partitionCount = partitionCount
    }

    /// How many partitions the topic has; nil where there is no such topic yet.
    static func partitionCount(in log: LogDirectory) -> Int32? {
        log.topics.first { $0.name == name }.map { Int32($0.partitionCount) }
    }

    /// Creates the topic, where it is missing. Blocks: it makes directories and waits for the disk.
    static func create(
        in log: LogDirectory, partitionCount: Int32, config: GroupConfig
    ) throws(LogError) {
        guard Self.partitionCount(in: log) == nil else { return }
        try log.createTopic(name, partitions: Int(partitionCount), config: settings(config))
    }

    /// The topic's own settings, which go before the broker's defaults: retention never deletes
    /// what compaction keeps.
    static func settings(_ config: GroupConfig) -> [String: String] {
        [
            "cleanup.policy": "compact",
            "segment.bytes": "\(config.offsetsTopicSegmentBytes)",
            "message.timestamp.type": "CreateTime",
        ]
    }

    /// Takes up the topic's partitions; false where there is no such topic.
    func open() -> Bool {
        if partitions != nil { return true }
        var found: [PartitionLog] = []
        for index in 0..<partitionCount {
            let topicPartition = TopicPartition(topic: Self.name, partition: index)
            guard let partition = log.partition(topicPartition) else { return false }
            found.append(partition)
        }
        partitions = found
        return true
    }

    func partition(_ index: Int32) -> PartitionLog? { partitions?[Int(index)] }

    /// Appends one batch with all the records, or none of them.
    func append(
        _ records: [OffsetsTopicRecord], to index: Int32, nowMs: Int64,
        producer: TransactionalProducer? = nil
    ) throws(OffsetsTopicError) -> AppendResult {
        guard let partition = partition(index) else { throw .unavailable }
        do {
            return try append(records, to: partition, nowMs, producer)
        } catch let error as OffsetsTopicError {
            throw error
        } catch let error as AppendError {
            throw .append(error)
        } catch {
            throw .encoding("\(error)")
        }
    }

    private func append(
        _ records: [OffsetsTopicRecord], to partition: PartitionLog, _ nowMs: Int64,
        _ producer: TransactionalProducer?
    ) throws -> AppendResult {
        if builder == nil { builder = try RecordBatchBuilder(batchSize: Self.batchByteCount) }
        defer { builder?.reset() }
        for record in records {
            let (key, value) = try record.encoded()
            guard builder?.append(timestamp: nowMs, key: key, value: value) == true else {
                throw OffsetsTopicError.tooLarge(limit: Self.batchByteCount)
            }
        }
        if let producer {
            // Sequences serve producers that send a batch again. The coordinator does not, so all
            // its batches have sequence 0, as in Kafka.
            try builder?.seal(
                producerID: producer.id, producerEpoch: producer.epoch, baseSequence: 0,
                isTransactional: true)
        } else {
            try builder?.seal()
        }
        guard let batch = unsafe builder?.sealedBytes else { throw OffsetsTopicError.unavailable }
        return try unsafe partition.append(batch, origin: .coordinator, validation: .trusted)
    }
}

/// Whose transaction a batch belongs to.
struct TransactionalProducer: Sendable, Equatable {
    var id: ProducerID
    var epoch: ProducerEpoch
}

/// Why nothing was written to `__consumer_offsets`.
enum OffsetsTopicError: Error, Equatable {
    /// The topic is not there.
    case unavailable
    /// The records do not fit into one batch.
    case tooLarge(limit: Int)
    /// A record could not be encoded, such as one with a name longer than 32,767 bytes.
    case encoding(String)
    case append(AppendError)
    /// It was appended, but flushing it failed.
    case flush(LogError)
}

extension OffsetsTopicError {
    /// What a client hears. A broken disk is COORDINATOR_NOT_AVAILABLE, which clients retry after a
    /// pause. Kafka says NOT_COORDINATOR, for there another broker takes over.
    func code(tooLarge: ErrorCode) -> ErrorCode {
        switch self {
        case .unavailable, .flush, .append(.log): .coordinatorNotAvailable
        case .tooLarge, .append(.messageTooLarge), .append(.recordListTooLarge): tooLarge
        case .append(.invalidProducerEpoch): .invalidProducerEpoch
        case .encoding, .append: .unknownServerError
        }
    }
}
