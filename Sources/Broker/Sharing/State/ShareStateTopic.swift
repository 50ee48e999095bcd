import CommitLog
import KafkaProtocol
import RecordFormat

/// The topic `__share_group_state`, as the broker writes it.
///
/// Updates build on one another, so the topic is not compacted: what comes before the oldest snapshot that is
/// still needed is deleted, as in Kafka.
///
/// Thread contract: any thread. Records of one key are in the order of the calls, which its share partition keeps.
final class ShareStateTopic: Sendable {
    static let name = InternalTopic.shareGroupState
    /// The partitions share so many builders of batches.
    private static let builderCount = 4

    private let log: LogDirectory
    private let config: ShareStateConfig
    private let found = Locked<[PartitionLog]>([])
    private let builders: [LockedBuilder]

    init(log: LogDirectory, config: ShareStateConfig) {
        self.log = log
        self.config = config
        builders = (0..<Self.builderCount).map { _ in LockedBuilder() }
    }

    /// Creates the topic where it is missing. Blocks: it makes directories and waits for the disk.
    func create() throws(LogError) {
        if !partitions.isEmpty { return }
        do throws(LogError) {
            try log.createTopic(
                Self.name, partitions: Int(config.topicPartitionCount),
                config: [
                    "cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1",
                    "segment.bytes": "\(config.topicSegmentBytes)",
                    "message.timestamp.type": "CreateTime",
                ])
        } catch .topicExists {}
    }

    /// The topic's partitions, as many as there were at the first look; none where there is no such
    /// topic yet.
    var partitions: [PartitionLog] {
        found.withLock { found in
            guard found.isEmpty else { return found }
            while let partition = log.partition(
                TopicPartition(topic: Self.name, partition: Int32(found.count)))
            {
                found.append(partition)
            }
            return found
        }
    }

    /// The place of a share partition's records.
    static func index(of key: SharePartitionKey, among count: Int) -> Int {
        Int(CoordinatorPartition.index(of: key.coordinatorKey, among: Int32(count)))
    }

    /// Appends one record; the partition is for the flush that the result may ask for.
    func append(
        _ record: ShareStateRecord, nowMs: Int64
    ) throws(InternalTopicError) -> (PartitionLog, AppendResult) {
        let partitions = partitions
        guard !partitions.isEmpty else { throw .unavailable }
        let index = Self.index(of: record.key, among: partitions.count)
        let partition = partitions[index]
        let result = try builders[index % builders.count].builder.withLock {
            (builder) throws(InternalTopicError) in
            try builder.append(CollectionOfOne(record), to: partition, nowMs: nowMs)
        }
        return (partition, result)
    }
}

/// Settings of the topic, with Kafka's defaults.
struct ShareStateConfig: Sendable, Equatable {
    /// `share.coordinator.state.topic.num.partitions`, for a topic that does not exist yet.
    var topicPartitionCount: Int64 = 50
    /// `share.coordinator.state.topic.segment.bytes`
    var topicSegmentBytes: Int64 = 100 << 20
    /// `share.coordinator.snapshot.update.records.per.snapshot`
    var updatesPerSnapshot: Int64 = 500
    /// `share.coordinator.state.topic.prune.interval.ms`
    var pruneIntervalMs: Int64 = 300_000
    /// `share.coordinator.cold.partition.snapshot.interval.ms`
    var coldSnapshotIntervalMs: Int64 = 300_000
}

/// Reference, since an array has no elements that cannot be copied.
private final class LockedBuilder: Sendable {
    let builder = Locked(InternalTopicBuilder())
}
