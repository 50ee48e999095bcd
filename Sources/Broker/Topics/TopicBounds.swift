import CommitLog

/// How many topics and partitions there may still be. A value, made anew for each request.
struct TopicBounds {
    private let maxTopics: Int
    private let maxPartitions: Int
    private var topicCount: Int
    private var partitionCount: Int

    init(_ existing: [TopicDescription], _ config: BrokerConfig) {
        maxTopics = Int(config.maxTopics)
        maxPartitions = Int(config.maxPartitions)
        topicCount = existing.count
        partitionCount = existing.reduce(0) { $0 + $1.partitionCount }
    }

    mutating func addTopic(partitionCount added: Int) throws(Refusal) {
        guard topicCount < maxTopics else {
            throw Refusal(
                .policyViolation,
                "There are \(topicCount) topics, and weir.max.topics=\(maxTopics): delete some, or raise it."
            )
        }
        try add(partitionCount: added)
        topicCount += 1
    }

    mutating func add(partitionCount added: Int) throws(Refusal) {
        guard partitionCount + added <= maxPartitions else {
            throw Refusal(
                .policyViolation,
                "There are \(partitionCount) partitions, and \(added) more would be above "
                    + "weir.max.partitions=\(maxPartitions): delete topics, or raise it.")
        }
        partitionCount += added
    }
}
