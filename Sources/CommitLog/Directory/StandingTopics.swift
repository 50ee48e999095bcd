import RecordFormat

/// The partitions whose directories stand in a log directory, by topic.
struct StandingTopics {
    struct Topic {
        var partitions: Set<Int32> = []
        /// The directory of one of them.
        var directory: String

        /// As many partitions as the largest number asks for.
        var partitionCount: Int { Int(partitions.max() ?? -1) + 1 }

        /// A number far beyond those that stand is not believed: it is the name of something else,
        /// such as a day, and each number below it would get a directory.
        var isPlausible: Bool {
            partitionCount <= max(maximumGuessedPartitionCount, 10 * partitions.count)
        }
    }

    private static let maximumGuessedPartitionCount = 10_000

    let topics: [String: Topic]

    init(in path: String, where isWanted: (String) -> Bool) throws(LogError) {
        var topics: [String: Topic] = [:]
        for entry in try directoryEntries(path) where entry.isDirectory {
            guard let partition = Self.topicPartition(entry.name), isWanted(partition.topic),
                try Self.isPartition("\(path)/\(entry.name)")
            else { continue }
            topics[partition.topic, default: Topic(directory: entry.name)].partitions
                .insert(partition.partition)
        }
        self.topics = topics
    }

    /// Whether a directory has a file that every partition has, Kafka's and ours.
    private static func isPartition(_ path: String) throws(LogError) -> Bool {
        try directoryEntries(path).contains { entry in
            entry.name == PartitionMetadata.fileName || entry.name == LeaderEpochCheckpoint.fileName
                || SegmentFileName.offset(in: entry.name, extension: SegmentFileName.log) != nil
        }
    }

    /// `orders-0` → topic `orders`, partition 0; nil for the names of other directories, and for
    /// that of Kafka's metadata log.
    static func topicPartition(_ name: String) -> TopicPartition? {
        guard let dash = name.lastIndex(of: "-") else { return nil }
        let digits = name[name.index(after: dash)...]
        guard let partition = Int32(digits), partition >= 0, String(partition) == digits else {
            return nil
        }
        let topic = String(name[..<dash])
        guard topic != ClusterMetadataTopic.name, (try? TopicName.validate(topic)) != nil else {
            return nil
        }
        return TopicPartition(topic: topic, partition: partition)
    }
}
