import CommitLog
import KafkaProtocol
import RecordFormat

/// The topic `__transaction_state`, as the coordinator writes it.
///
/// Thread contract: the coordinator loop's own, apart from the static functions.
final class TransactionStateTopic {
    static let name = InternalTopic.transactionState

    private let log: LogDirectory
    private(set) var partitions: [PartitionLog] = []
    private var builder = InternalTopicBuilder()

    init(log: LogDirectory) { self.log = log }

    /// Creates the topic where it is missing. Blocks: it makes directories and waits for the disk.
    static func create(in log: LogDirectory, config: TransactionConfig) throws(LogError) {
        do throws(LogError) {
            try log.createTopic(
                name, partitions: Int(config.topicPartitionCount),
                config: [
                    "cleanup.policy": "compact",
                    "segment.bytes": "\(config.topicSegmentBytes)",
                    "message.timestamp.type": "CreateTime",
                ])
        } catch .topicExists {}
    }

    /// Takes up the topic's partitions; false where there is no such topic.
    func open() -> Bool {
        guard partitions.isEmpty else { return true }
        while let partition = log.partition(
            TopicPartition(topic: Self.name, partition: Int32(partitions.count)))
        {
            partitions.append(partition)
        }
        return !partitions.isEmpty
    }

    private func partition(for transactionalID: String) -> PartitionLog {
        let count = Int32(partitions.count)
        return partitions[Int(CoordinatorPartition.index(of: transactionalID, among: count))]
    }

    /// Appends one record; the partition is for the flush that the result may ask for.
    func append(
        _ record: TransactionStateRecord, nowMs: Int64
    ) throws(InternalTopicError) -> (PartitionLog, AppendResult) {
        let partition = partition(for: record.transactionalID)
        let result = try builder.append(CollectionOfOne(record), to: partition, nowMs: nowMs)
        return (partition, result)
    }
}
