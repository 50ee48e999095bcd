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
    /// The topics, by name.
    public var topics: [TopicDescription] {
        registry.withLock { registry in
            registry.topics.values.map { topic in
                TopicDescription(
                    name: topic.name, id: topic.id, partitionCount: topic.partitions.count,
                    config: topic.config.value, overrides: topic.overrides)
            }
        }.sorted { $0.name < $1.name }
    }

    /// The names of the topics, sorted.
    public var topicNames: [String] { registry.withLock { Array($0.topics.keys) }.sorted() }

    /// A topic by its name, nil where there is none.
    public func topic(_ name: String) -> TopicDescription? {
        registry.withLock { $0.topic(name) }.map { topic in
            TopicDescription(
                name: topic.name, id: topic.id, partitionCount: topic.partitions.count,
                config: topic.config.value, overrides: topic.overrides)
        }
    }

    /// The log of a partition, nil where there is none. Keep it: this is no call for every batch.
    public func partition(_ topicPartition: TopicPartition) -> PartitionLog? {
        registry.withLock { registry in
            guard let topic = registry.topic(topicPartition.topic),
                topic.partitions.indices.contains(Int(topicPartition.partition))
            else { return nil }
            return topic.partitions[Int(topicPartition.partition)]
        }
    }

    /// Another number once topics came or went, or got more partitions.
    public var topicChangeCount: Int { registry.withLock { $0.changeCount } }

    /// The name of the topic with this id, nil where there is none: it may have been deleted.
    public func topicName(of id: TopicID) -> String? { registry.withLock { $0.names[id] } }

    /// The id of the topic with this name, nil where there is none.
    public func topicID(of name: String) -> TopicID? { registry.withLock { $0.topic(name)?.id } }

    /// The log of a partition of the topic with this id, nil where there is none.
    public func partition(_ index: Int32, of id: TopicID) -> PartitionLog? {
        registry.withLock { registry in
            guard let name = registry.names[id], let topic = registry.topics[name],
                topic.partitions.indices.contains(Int(index))
            else { return nil }
            return topic.partitions[Int(index)]
        }
    }

    /// The logs of a topic's partitions, in their order; nil where there is no such topic.
    public func partitions(of topic: String) -> [PartitionLog]? {
        registry.withLock { $0.topic(topic)?.partitions }
    }

    /// Writes the topic checkpoint as the registry has the topics, with `changed` over it.
    func writeTopics(changing changed: [String: TopicCheckpoint.Entry] = [:]) throws(LogError) {
        var checkpoint = registry.withLock { registry in
            var checkpoint = TopicCheckpoint(topics: registry.deletedTopics)
            for topic in registry.topics.values {
                checkpoint.topics[topic.name] = TopicCheckpoint.Entry(
                    id: topic.id, partitionCount: topic.partitions.count,
                    overrides: topic.overrides)
            }
            return checkpoint
        }
        checkpoint.topics.merge(changed) { $1 }
        try checkpoint.write(in: path)
    }
}
