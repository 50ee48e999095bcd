import CommitLog
import KafkaProtocol
import RecordFormat

/// Creating topics: for CreateTopics, and for Metadata where topics are created because somebody
/// asks for them. Blocks, so it belongs on the control thread.
struct TopicCreation {
    /// Kafka's controller takes no more partitions in one request.
    static let maximumPartitionsPerRequest = 10_000

    let log: LogDirectory
    let config: BrokerConfig

    /// What a request asks for, once it was found to be allowed.
    struct Plan {
        var topic: NewTopic
        /// Kafka's name for the number of copies; here one is kept, whatever it says.
        var replicationFactor: Int16
        /// `none` before the topic is created.
        var topicID = TopicID.none
    }

    /// A plan for each topic, or why there is none. Nothing is created. `refusal` says why a client may not create
    /// one; then it does not learn whether there is such a topic.
    func plans(
        _ topics: [CreateTopicsRequest.Topic], refusal: (String) -> Refusal? = { _ in nil },
        tellsOthers: Bool = true
    ) -> [Result<Plan, Refusal>] {
        let counts = Dictionary(topics.map { ($0.name, 1) }, uniquingKeysWith: +)
        let existing = log.topics
        var names = ClashingNames(existing.map(\.name))
        var bounds = TopicBounds(existing, config)
        var allowance = Self.maximumPartitionsPerRequest
        return topics.map { topic in
            do throws(Refusal) {
                guard counts[topic.name] == 1 else { throw .duplicateTopic }
                if let refusal = refusal(topic.name) { throw refusal }
                let plan = try plan(topic, names, tellsOthers: tellsOthers)
                let count = plan.topic.partitionCount
                guard count <= allowance else {
                    throw Refusal(
                        .policyViolation,
                        "One request creates \(Self.maximumPartitionsPerRequest) partitions at most."
                    )
                }
                try bounds.addTopic(partitionCount: count)
                allowance -= count
                names.add(topic.name)
                return .success(plan)
            } catch {
                return .failure(error)
            }
        }
    }

    /// Creates what was planned; a refusal stays one.
    func create(_ plans: [Result<Plan, Refusal>]) -> [Result<Plan, Refusal>] {
        let wanted = plans.compactMap { try? $0.get().topic }
        var created = log.createTopics(wanted)[...]
        return plans.map { plan in
            guard case .success(var made) = plan, let result = created.popFirst() else {
                return plan
            }
            return result.mapError { Refusal($0) }.map { partitions in
                made.topicID = partitions.first?.topicID ?? .none
                return made
            }
        }
    }

    private func plan(
        _ topic: CreateTopicsRequest.Topic, _ names: ClashingNames, tellsOthers: Bool
    ) throws(Refusal) -> Plan {
        do throws(LogError) {
            try TopicName.validate(topic.name)
        } catch {
            throw Refusal(error)
        }
        guard topic.name != ClusterMetadataTopic.name else {
            throw Refusal(.invalidRequest, "Creation of '\(topic.name)' is prohibited.")
        }
        guard !names.existing.contains(topic.name) else {
            throw Refusal(.topicAlreadyExists, "Topic '\(topic.name)' already exists.")
        }
        if let other = names.clash(with: topic.name) {
            throw Refusal(
                .invalidTopicException,
                "Topic '\(topic.name)' collides with \(tellsOthers ? "'\(other)'" : "another one"): '.' and '_' "
                    + "count as the same.")
        }
        let count = try partitionCount(topic)
        let overrides = try overrides(topic)
        do throws(LogError) {
            _ = try LogConfig(overrides: overrides, defaults: log.defaults)
        } catch {
            throw Refusal(error)
        }
        let factor = try replicationFactor(topic)
        return Plan(
            topic: NewTopic(name: topic.name, partitionCount: count, overrides: overrides),
            replicationFactor: factor)
    }

    private func partitionCount(_ topic: CreateTopicsRequest.Topic) throws(Refusal) -> Int {
        guard !topic.assignments.isEmpty else {
            if topic.numPartitions == -1 { return Int(config.numPartitions) }
            guard topic.numPartitions > 0 else {
                throw Refusal(.invalidPartitions, "The number of partitions must be 1 or more.")
            }
            return Int(topic.numPartitions)
        }
        guard topic.numPartitions == -1, topic.replicationFactor == -1 else {
            throw Refusal(
                .invalidRequest,
                "With an assignment, the numbers of partitions and replicas must be left to it: −1."
            )
        }
        let indexes = topic.assignments.map(\.partitionIndex).sorted()
        guard indexes == Array(0..<Int32(indexes.count)) else {
            throw Refusal(
                .invalidReplicaAssignment, "The assigned partitions must be 0 and up, without gaps."
            )
        }
        for assignment in topic.assignments {
            try ReplicaAssignment.validate(assignment.brokerIDs, config)
        }
        return topic.assignments.count
    }

    private func overrides(
        _ topic: CreateTopicsRequest.Topic
    ) throws(Refusal) -> [String: String] {
        var overrides: [String: String] = [:]
        for setting in topic.configs {
            guard let value = setting.value else {
                throw Refusal(.invalidConfig, "\(setting.name) has no value.")
            }
            overrides[setting.name] = value
        }
        try InSyncReplicas.validate(overrides, config)
        return overrides
    }

    /// −1 is the broker's default. More than one copy is refused, unless the operator said
    /// otherwise.
    private func replicationFactor(
        _ topic: CreateTopicsRequest.Topic
    ) throws(Refusal) -> Int16 {
        if !topic.assignments.isEmpty { return Int16(topic.assignments[0].brokerIDs.count) }
        let factor = topic.replicationFactor
        guard factor > 0 || factor == -1 else {
            throw Refusal(
                .invalidReplicationFactor, "The replication factor must be 1 or more, or −1.")
        }
        guard factor <= 1 || config.acceptsAnyReplicationFactor else {
            throw Refusal(
                .invalidReplicationFactor,
                "The replication factor \(factor) is larger than the number of brokers, 1: ask for 1 or −1, "
                    + "or set weir.accept.any.replication.factor=true.")
        }
        return 1
    }
}

extension Result<TopicCreation.Plan, Refusal> {
    /// The plan, where the client's quota of mutations allows it.
    func charged(to charge: RequestCharge?, isStrict: Bool) -> Self {
        guard let charge, case .success(let plan) = self else { return self }
        do throws(Refusal) {
            try charge.mutate(plan.topic.partitionCount, isStrict: isStrict)
            return self
        } catch {
            return .failure(error)
        }
    }
}

/// Replicas that a client assigns itself.
enum ReplicaAssignment {
    /// One node can have only one replica of a partition.
    static func validate(_ brokerIDs: [Int32], _ config: BrokerConfig) throws(Refusal) {
        guard brokerIDs == [Int32(config.nodeID)] else {
            throw Refusal(
                .invalidReplicaAssignment,
                "The only broker is \(config.nodeID): a partition is assigned to it and no other.")
        }
    }
}

/// Kafka's `min.insync.replicas`. One node cannot keep what a value above one promises. A topic or
/// broker of Kafka's may have more already, which is no reason to refuse another setting.
enum InSyncReplicas {
    static let key = "min.insync.replicas"

    static func validate(
        _ overrides: [String: String], besides current: [String: String] = [:],
        _ config: BrokerConfig
    ) throws(Refusal) {
        guard !config.acceptsAnyReplicationFactor, let value = overrides[key],
            value != current[key], let count = Int64(value), count > 1
        else { return }
        throw Refusal(
            .invalidConfig,
            "\(key)=\(value) needs \(value) brokers, and there is 1: set it to 1, or start with "
                + "weir.accept.any.replication.factor=true.")
    }
}

/// Kafka refuses names that differ only in '.' and '_', since they are the same in its metrics.
struct ClashingNames {
    private(set) var existing: Set<String>
    private var byNormalName: [String: String] = [:]

    init(_ names: [String]) {
        existing = Set(names)
        for name in names { byNormalName[Self.normal(name)] = name }
    }

    func clash(with name: String) -> String? { byNormalName[Self.normal(name)] }

    mutating func add(_ name: String) { byNormalName[Self.normal(name)] = name }

    private static func normal(_ name: String) -> String {
        String(name.map { $0 == "." ? "_" : $0 })
    }
}
