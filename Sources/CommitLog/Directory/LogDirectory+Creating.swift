import RecordFormat

/// A topic to be created.
public struct NewTopic: Sendable {
    public var name: String
    public var partitionCount: Int
    /// Kafka's topic keys, over the directory's defaults.
    public var overrides: [String: String]

    public init(name: String, partitionCount: Int, overrides: [String: String] = [:]) {
        self.name = name
        self.partitionCount = partitionCount
        self.overrides = overrides
    }
}

/// Making topics and partitions.
///
/// The topic checkpoint is written first: from then on the topic, or the partition, exists, and a
/// start after a crash makes the directories that are missing. What fails later is taken back.
extension LogDirectory {
    /// Directories are made by so many threads.
    private static let creatingThreadCount = 4

    /// Creates a topic with so many empty partitions. `overrides` are Kafka's topic keys, over the
    /// directory's defaults. On return the topic is durable.
    @discardableResult
    public func createTopic(
        _ name: String, partitions count: Int, config overrides: [String: String] = [:]
    ) throws(LogError) -> [PartitionLog] {
        try createTopics([
            NewTopic(name: name, partitionCount: count, overrides: overrides)
        ])[0].get()
    }

    /// Creates several topics at the cost of one, and says of each what came of it. Those that
    /// could be created are durable on return.
    public func createTopics(_ topics: [NewTopic]) -> [Result<[PartitionLog], LogError>] {
        administration.withLock { _ in
            var claimed: Set<String> = []
            var plans: [Result<Topic, LogError>] = topics.map { plan($0, &claimed) }
            let counts = topics.map(\.partitionCount)
            guard !claimed.isEmpty else {
                return plans.map { plan in plan.map { _ in [] } }
            }
            do throws(LogError) {
                try writeTopics(changing: entries(plans, counts))
            } catch {
                fail(&plans, with: error)
            }
            let made = makePartitions(of: plans, counts)
            do throws(LogError) {
                // Beside the topic checkpoint, the names of the directories must be durable before
                // anything in them is.
                try synchronizeDirectory(path)
            } catch {
                fail(&plans, with: error)
            }
            let results = zip(plans, made).map { plan, made in plan.flatMap { _ in made } }
            register(plans, results)
            removeFailed(plans, results, topics)
            return results
        }
    }

    /// Adds empty partitions to a topic until it has `count`. On return they are durable. Throws
    /// `invalidPartitionCount` where the topic has as many already.
    @discardableResult
    public func createPartitions(
        _ name: String, to count: Int
    ) throws(LogError) -> [PartitionLog] {
        try administration.withLock { (_) throws(LogError) in
            let topic = try openTopic(name)
            let oldCount = topic.partitions.count
            guard count > oldCount, count <= Int(Int32.max) else {
                throw .invalidPartitionCount(count)
            }
            let entry = TopicCheckpoint.Entry(
                id: topic.id, partitionCount: count, overrides: topic.overrides)
            try writeTopics(changing: [name: entry])
            let added: [PartitionLog]
            do throws(LogError) {
                added = try makePartitions(oldCount..<count, of: topic)
                try synchronizeDirectory(path)
            } catch {
                removeDirectories(of: name, oldCount..<count)
                // Where this fails too, the next start makes the partitions after all: they are
                // empty.
                try? writeTopics()
                throw error
            }
            registry.withLock { registry in
                registry.topics[name]?.partitions += added
                registry.partitions += added
                registry.changeCount += 1
            }
            flusher.wake()
            return added
        }
    }

    /// The topic as the registry has it. Throws `closed` or `unknownTopic`.
    func openTopic(_ name: String) throws(LogError) -> Topic {
        try registry.withLock { (registry) throws(LogError) in
            guard !registry.isClosed else { throw .closed(path: path) }
            guard let topic = registry.topic(name) else { throw .unknownTopic(name) }
            return topic
        }
    }

    /// What the topic would be, without its partitions.
    private func plan(
        _ new: NewTopic, _ claimed: inout Set<String>
    ) -> Result<Topic, LogError> {
        do throws(LogError) {
            try TopicName.validate(new.name)
            guard new.name != ClusterMetadataTopic.name else {
                throw .invalidTopicName(
                    name: new.name, reason: "it is that of Kafka's metadata log")
            }
            guard new.partitionCount > 0, new.partitionCount <= Int(Int32.max) else {
                throw .invalidPartitionCount(new.partitionCount)
            }
            let config = try LogConfig(overrides: new.overrides, defaults: defaults)
            let (isClosed, isTaken) = registry.withLock { registry in
                (
                    registry.isClosed,
                    registry.topics[new.name] != nil || registry.deletedTopics[new.name] != nil
                )
            }
            guard !isClosed else { throw .closed(path: path) }
            guard !isTaken, claimed.insert(new.name).inserted else { throw .topicExists(new.name) }
            return .success(
                Topic(
                    name: new.name, id: .random(), config: LiveLogConfig(config),
                    overrides: new.overrides, partitions: []))
        } catch {
            return .failure(error)
        }
    }

    private func entries(
        _ plans: [Result<Topic, LogError>], _ counts: [Int]
    ) -> [String: TopicCheckpoint.Entry] {
        var entries: [String: TopicCheckpoint.Entry] = [:]
        for (plan, count) in zip(plans, counts) {
            guard case .success(let topic) = plan else { continue }
            entries[topic.name] = TopicCheckpoint.Entry(
                id: topic.id, partitionCount: count, overrides: topic.overrides)
        }
        return entries
    }

    private func fail(_ plans: inout [Result<Topic, LogError>], with error: LogError) {
        for index in plans.indices {
            if case .success = plans[index] { plans[index] = .failure(error) }
        }
    }

    /// The partitions of all topics that are planned, made together.
    private func makePartitions(
        of plans: [Result<Topic, LogError>], _ counts: [Int]
    ) -> [Result<[PartitionLog], LogError>] {
        var wanted: [(topic: Topic, index: Int32)] = []
        for (plan, count) in zip(plans, counts) {
            guard case .success(let topic) = plan else { continue }
            for index in 0..<Int32(count) { wanted.append((topic, index)) }
        }
        let jobs = wanted
        var made = concurrentMap(count: jobs.count, threadCount: Self.creatingThreadCount) {
            [self] (job) throws(LogError) in
            try makePartition(jobs[job].index, of: jobs[job].topic)
        }[...]
        return zip(plans, counts).map { plan, count in
            plan.flatMap { _ in
                defer { made = made.dropFirst(count) }
                do throws(LogError) {
                    var partitions: [PartitionLog] = []
                    for result in made.prefix(count) { partitions.append(try result.get()) }
                    return .success(partitions)
                } catch {
                    return .failure(error)
                }
            }
        }
    }

    private func makePartitions(
        _ indexes: Range<Int>, of topic: Topic
    ) throws(LogError) -> [PartitionLog] {
        let made = concurrentMap(
            count: indexes.count, threadCount: Self.creatingThreadCount
        ) { [self] (index) throws(LogError) in
            try makePartition(Int32(indexes.lowerBound + index), of: topic)
        }
        var partitions: [PartitionLog] = []
        for result in made { partitions.append(try result.get()) }
        return partitions
    }

    private func makePartition(_ index: Int32, of topic: Topic) throws(LogError) -> PartitionLog {
        let topicPartition = TopicPartition(topic: topic.name, partition: index)
        let directory = "\(path)/\(topicPartition)"
        let nowMs = clock.nowMs()
        let loaded: LoadedPartition
        if try makeDirectory(directory) {
            try PartitionMetadata.write(topic.id, inNew: directory)
            loaded = LoadedPartition(
                emptyAt: directory, of: topicPartition,
                leaderEpoch: try LeaderEpochCheckpoint.create(inNew: directory).latest,
                nowMs: nowMs)
        } else {
            // Left by a creation that failed, and could not be removed.
            try PartitionMetadata.write(topic.id, in: directory)
            loaded = try PartitionLoader(
                topicPartition: topicPartition, path: directory, config: topic.config.value,
                recoveryPoint: .zero, checkpointedLogStart: nil, nowMs: nowMs
            ).load()
        }
        return PartitionLog(
            loaded, topicPartition: topicPartition, topicID: topic.id, config: topic.config,
            path: directory, clock: clock, hooks: hooks)
    }

    private func register(
        _ plans: [Result<Topic, LogError>], _ results: [Result<[PartitionLog], LogError>]
    ) {
        registry.withLock { registry in
            for case (.success(var topic), .success(let partitions)) in zip(plans, results) {
                topic.partitions = partitions
                registry.add(topic)
                registry.partitions += partitions
            }
        }
        flusher.wake()
    }

    /// Takes back what was planned, or begun, and failed.
    private func removeFailed(
        _ plans: [Result<Topic, LogError>], _ results: [Result<[PartitionLog], LogError>],
        _ topics: [NewTopic]
    ) {
        var hasFailed = false
        for (index, topic) in topics.enumerated() {
            guard case .success = plans[index], case .failure = results[index] else { continue }
            hasFailed = true
            removeDirectories(of: topic.name, 0..<topic.partitionCount)
        }
        // Where this fails too, the next start finds the topic, and its partitions are empty.
        if hasFailed { try? writeTopics() }
    }

    private func removeDirectories(of topic: String, _ indexes: Range<Int>) {
        for index in indexes { try? removeDirectoryTree("\(path)/\(topic)-\(index)") }
    }
}
