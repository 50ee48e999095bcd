import RecordFormat

/// Partitions of several topics, by the topics' ids.
///
/// Thread contract: a value with one owner.
struct PartitionSet: Hashable, Sendable {
    /// No topic has an empty set.
    private(set) var topics: [TopicID: Set<Int32>] = [:]

    init() {}

    init(_ topics: [TopicID: Set<Int32>]) { self.topics = topics.filter { !$0.value.isEmpty } }

    var isEmpty: Bool { topics.isEmpty }
    var count: Int { topics.values.reduce(0) { $0 + $1.count } }

    func contains(_ partition: Int32, of topic: TopicID) -> Bool {
        topics[topic]?.contains(partition) ?? false
    }

    mutating func insert(_ partition: Int32, of topic: TopicID) {
        topics[topic, default: []].insert(partition)
    }

    mutating func insert(_ partitions: Range<Int32>, of topic: TopicID) {
        if !partitions.isEmpty { topics[topic, default: []].formUnion(partitions) }
    }

    mutating func remove(_ partition: Int32, of topic: TopicID) {
        topics[topic]?.remove(partition)
        if topics[topic]?.isEmpty == true { topics[topic] = nil }
    }

    /// Calls `body` with each, in no order.
    func visit(_ body: (_ topic: TopicID, _ partition: Int32) -> Void) {
        for (topic, partitions) in topics {
            for partition in partitions { body(topic, partition) }
        }
    }

    func contains(where isWanted: (_ topic: TopicID, _ partition: Int32) -> Bool) -> Bool {
        topics.contains { topic, partitions in partitions.contains { isWanted(topic, $0) } }
    }

    func filter(_ isIncluded: (TopicID, Int32) -> Bool) -> PartitionSet {
        var kept: [TopicID: Set<Int32>] = [:]
        for (topic, partitions) in topics {
            kept[topic] = partitions.filter { isIncluded(topic, $0) }
        }
        return PartitionSet(kept)
    }

    func intersection(_ other: PartitionSet) -> PartitionSet {
        filter { other.contains($1, of: $0) }
    }

    func subtracting(_ other: PartitionSet) -> PartitionSet {
        filter { !other.contains($1, of: $0) }
    }

    func union(_ other: PartitionSet) -> PartitionSet {
        PartitionSet(topics.merging(other.topics) { $0.union($1) })
    }

    func isSubset(of other: PartitionSet) -> Bool {
        topics.allSatisfy { topic, partitions in
            other.topics[topic].map { partitions.isSubset(of: $0) } ?? false
        }
    }
}
