import KafkaProtocol
import RecordFormat

/// Partitions of topics that are named by their ids.
struct TopicIDPartitionSet: Hashable, Sendable {
    private(set) var topics: [TopicID: Set<Int32>] = [:]

    init() {}

    /// Nil where a topic has no id, or a partition none that there can be.
    init?(_ wire: [TopicIDPartitions]) {
        for topic in wire {
            guard topic.topicID != .none, topic.partitions.allSatisfy({ $0 >= 0 }) else {
                return nil
            }
            topics[topic.topicID, default: []].formUnion(topic.partitions)
        }
        topics = topics.filter { !$0.value.isEmpty }
    }

    private init(of topics: [TopicID: Set<Int32>]) { self.topics = topics }

    var isEmpty: Bool { topics.isEmpty }

    func subtracting(_ other: TopicIDPartitionSet) -> TopicIDPartitionSet {
        var left: [TopicID: Set<Int32>] = [:]
        for (id, partitions) in topics {
            let rest = partitions.subtracting(other.topics[id] ?? [])
            if !rest.isEmpty { left[id] = rest }
        }
        return TopicIDPartitionSet(of: left)
    }

    mutating func formUnion(_ other: TopicIDPartitionSet) {
        topics.merge(other.topics) { $0.union($1) }
    }

    /// Those of some topics.
    func filter(_ isKept: (TopicID) -> Bool) -> TopicIDPartitionSet {
        TopicIDPartitionSet(of: topics.filter { isKept($0.key) })
    }

    /// In an order that does not change from request to request.
    var wire: [TopicIDPartitions] {
        topics.map { id, partitions in
            var topic = TopicIDPartitions()
            topic.topicID = id
            topic.partitions = partitions.sorted()
            return topic
        }.sorted { $0.topicID.description < $1.topicID.description }
    }
}
