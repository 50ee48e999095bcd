import CommitLog
import KafkaProtocol
import RecordFormat

/// The topic `__consumer_offsets`, as the coordinator writes it.
///
/// Thread contract: the coordinator loop's own, apart from the static functions.
final class OffsetsTopic {
    static let name = InternalTopic.consumerOffsets

    private let log: LogDirectory
    let partitionCount: Int32
    /// Nil before the topic exists.
    private(set) var partitions: [PartitionLog]?
    private var builder = InternalTopicBuilder()

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
    ) throws(InternalTopicError) -> AppendResult {
        guard let partition = partition(index) else { throw .unavailable }
        return try builder.append(records, to: partition, nowMs: nowMs, producer: producer)
    }
}

extension InternalTopicError {
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
