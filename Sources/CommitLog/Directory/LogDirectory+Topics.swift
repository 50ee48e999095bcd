public import RecordFormat
import Synchronization

/// A topic, as `LogDirectory.topics` lists it.
public struct TopicDescription: Sendable, Equatable {
    public var name: String
    public var id: TopicID
    public var partitionCount: Int
    /// The settings in force.
    public var config: LogConfig
    /// Those of them that the topic has of its own, under Kafka's keys.
    public var overrides: [String: String]
}

extension LogDirectory {
    /// Directories with this ending are being removed.
    static let deletedSuffix = "-delete"

    /// The topics, by name.
    public var topics: [TopicDescription] {
        registry.withLock { registry in
            registry.topics.values.map { topic in
                TopicDescription(
                    name: topic.name, id: topic.id, partitionCount: topic.partitions.count,
                    config: topic.config, overrides: topic.overrides)
            }
        }.sorted { $0.name < $1.name }
    }

    /// The log of a partition, nil where there is none. Keep it: this is no call for every batch.
    public func partition(_ topicPartition: TopicPartition) -> PartitionLog? {
        registry.withLock { registry in
            guard let topic = registry.topics[topicPartition.topic],
                topic.partitions.indices.contains(Int(topicPartition.partition))
            else { return nil }
            return topic.partitions[Int(topicPartition.partition)]
        }
    }

    /// The logs of a topic's partitions, in their order; nil where there is no such topic.
    public func partitions(of topic: String) -> [PartitionLog]? {
        registry.withLock { $0.topics[topic]?.partitions }
    }

    /// Creates a topic with so many empty partitions. `overrides` are Kafka's topic keys, over the
    /// directory's defaults; they hold for the life of the topic. On return the topic is durable.
    @discardableResult
    public func createTopic(
        _ name: String, partitions count: Int, config overrides: [String: String] = [:]
    ) throws(LogError) -> [PartitionLog] {
        try TopicName.validate(name)
        guard count > 0, count <= Int(Int32.max) else { throw .invalidPartitionCount(count) }
        let config = try LogConfig(overrides: overrides, defaults: defaults)
        return try registry.withLock { (registry) throws(LogError) in
            guard !registry.isClosed else { throw .closed(path: path) }
            guard registry.topics[name] == nil, registry.deletedTopics[name] == nil else {
                throw .topicExists(name)
            }
            var topic = Topic(
                name: name, id: .random(), config: config, overrides: overrides, partitions: [])
            do throws(LogError) {
                for index in 0..<Int32(count) {
                    topic.partitions.append(try createPartition(index, of: topic))
                }
                registry.topics[name] = topic
                try writeTopics(registry)
            } catch {
                registry.topics[name] = nil
                for index in 0..<count { try? removeDirectoryTree("\(path)/\(name)-\(index)") }
                throw error
            }
            registry.partitions += topic.partitions
            flusher.wake()
            return topic.partitions
        }
    }

    /// Deletes a topic. Appends to it fail from now on; slices that were read stay readable.
    public func deleteTopic(_ name: String) throws(LogError) {
        try registry.withLock { (registry) throws(LogError) in
            guard !registry.isClosed else { throw .closed(path: path) }
            guard let topic = registry.topics[name] else { throw .unknownTopic(name) }
            registry.topics[name] = nil
            registry.deletedTopics[name] = TopicCheckpoint.Entry(
                id: topic.id, partitionCount: topic.partitions.count, overrides: [:],
                isDeleted: true)
            do throws(LogError) {
                // From here on a crash finishes the deletion instead of undoing half of it.
                try writeTopics(registry)
            } catch {
                registry.topics[name] = topic
                registry.deletedTopics[name] = nil
                throw error
            }
            registry.partitions.removeAll { $0.topicPartition.topic == name }
            checkpoints.withLock { checkpoints in
                for partition in topic.partitions {
                    checkpoints.recoveryPoints[partition.topicPartition] = nil
                }
            }
            var removals: [String] = []
            for partition in topic.partitions {
                partition.endAppends()
                let removal =
                    partition.path.prefix(path.utf8.count + 200)
                    + ".\(TopicID.random())\(Self.deletedSuffix)"
                try partition.maintenance.withLock { (_) throws(LogError) in
                    try renameFile(partition.path, to: String(removal))
                }
                removals.append(String(removal))
            }
            try cleaner.forget(topic.partitions.map(\.topicPartition))
            registry.deletedTopics[name] = nil
            try writeTopics(registry)
            retainer.submit { [weak self, removals] in
                for removal in removals {
                    do throws(LogError) {
                        try removeDirectoryTree(removal)
                    } catch {
                        self?.note(error)
                    }
                }
            }
        }
        try writeLogStartOffsets()
    }

    private func createPartition(
        _ index: Int32, of topic: Topic
    ) throws(LogError) -> PartitionLog {
        let topicPartition = TopicPartition(topic: topic.name, partition: index)
        let directory = "\(path)/\(topicPartition)"
        // Writing the topic checkpoint makes the new directories durable too.
        try createDirectory(directory, isDurable: false)
        try PartitionMetadata.write(topic.id, in: directory)
        let loaded = try PartitionLoader(
            topicPartition: topicPartition, path: directory, config: topic.config,
            recoveryPoint: .zero, checkpointedLogStart: .zero, nowMs: clock.nowMs()
        ).load()
        let hooks = LateHooks()
        hooks.attach(self)
        return PartitionLog(
            loaded, topicPartition: topicPartition, topicID: topic.id, config: topic.config,
            path: directory, clock: clock, hooks: hooks.hooks)
    }

    private func writeTopics(_ registry: Registry) throws(LogError) {
        var checkpoint = TopicCheckpoint(topics: registry.deletedTopics)
        for topic in registry.topics.values {
            checkpoint.topics[topic.name] = TopicCheckpoint.Entry(
                id: topic.id, partitionCount: topic.partitions.count, overrides: topic.overrides)
        }
        try checkpoint.write(in: path)
    }
}
