import KafkaProtocol
import RecordFormat

extension Cluster {
    /// From now on the metadata of these topics is kept up to date. On the event loop only.
    func want(_ topics: Set<String>) {
        guard !topics.isSubset(of: metadata.wanted) else { return }
        metadata.want(topics)
        drive()
    }

    /// The names of these topics by their ids, of those that are there. On the event loop only.
    func topicNames(of topics: some Sequence<String>) -> [TopicID: String] {
        var names: [TopicID: String] = [:]
        for name in topics {
            let id = topicID(of: name)
            if id != .none { names[id] = name }
        }
        return names
    }

    /// How many partitions each of these topics has, of those that are there. On the event loop
    /// only.
    func partitionCounts(of topics: some Sequence<String>) -> [String: Int32] {
        var counts: [String: Int32] = [:]
        for name in topics {
            guard let count = metadata.topics[name]?.partitionCount, count > 0 else { continue }
            counts[name] = Int32(clamping: count)
        }
        return counts
    }
}
