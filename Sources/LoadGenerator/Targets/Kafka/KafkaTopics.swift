import KafkaClient
import KafkaProtocol
import RecordFormat

/// The topics of a run in a cluster: made, or found, and checked against the profile.
struct KafkaTopics {
    private static let limits = ["max.message.bytes", "min.insync.replicas", "cleanup.policy"]

    private let profile: Profile
    private let administrator: Administrator
    private let created: CreatedTopics

    private(set) var partitions: [TopicPartition] = []
    /// The names of topics that are compacted.
    private(set) var compacted: Set<String> = []

    init(
        preparing profile: Profile, with administrator: Administrator, created: CreatedTopics
    ) async throws {
        self.profile = profile
        self.administrator = administrator
        self.created = created
        let there = Set(try await administrator.topicNames().map(\.name))
        for name in profile.topics.names {
            let topic =
                profile.topics.existing
                ? try await find(name, among: there) : try await create(name, besides: there)
            try await checkLimits(of: name, topic)
            partitions += (0..<Int32(topic.partitionCount)).map {
                TopicPartition(topic: name, partition: $0)
            }
        }
        guard partitions.count <= Profile.maximumPartitions else {
            throw TargetError.unfit(
                "\(partitions.count) partitions in all, at most \(Profile.maximumPartitions)")
        }
    }

    private func find(_ name: String, among there: Set<String>) async throws -> TopicMetadata {
        guard there.contains(name) else {
            throw TargetError.unfit(
                "the cluster has no topic \(name). Create it, or remove topics.existing, so that the "
                    + "run does.")
        }
        return try await administrator.readyTopic(name)
    }

    private func create(_ name: String, besides there: Set<String>) async throws -> TopicMetadata {
        let operation = "create the topic \(name)"
        guard !there.contains(name) else {
            throw AdministrationError(operation, .topicAlreadyExists)
        }
        try created.willCreate(name, by: administrator)
        let topics = profile.topics
        do {
            return try await administrator.create(
                NewTopic(
                    name, partitionCount: Int32(topics.partitions),
                    replicationFactor: topics.replicationFactor.map { Int16(clamping: $0) },
                    configs: topics.config))
        } catch let error as AdministrationError {
            if error.code == .topicAlreadyExists { created.wasNotCreated(name) }
            throw error
        }
    }

    /// What every batch would be refused for.
    private mutating func checkLimits(of name: String, _ topic: TopicMetadata) async throws {
        let configs: [ConfigEntry]
        do {
            configs = try await administrator.topicConfigs(name, names: Self.limits)
        } catch {
            // Not every broker tells; then the first batch shows it.
            return
        }
        func value(_ name: String) -> String? { configs.first { $0.name == name }?.value }
        if value("cleanup.policy")?.contains("compact") == true { compacted.insert(name) }
        let producers = profile.producers
        if let limit = value("max.message.bytes").flatMap({ Int($0) }) {
            let largest = max(
                producers.batchSize,
                (profile.payload.size?.maximum ?? 0) + ProducerSettings.largestRecordOverhead)
            guard largest <= limit else {
                throw TargetError.unfit(
                    "topic \(name) takes batches of at most max.message.bytes \(limit), and the "
                        + "profile's may have \(largest) bytes. Lower batch.size, or raise "
                        + "max.message.bytes of the topic.")
            }
        }
        let replicas = topic.replicas.values.map(\.count).min() ?? 0
        if producers.acks == .all, replicas > 0,
            let needed = value("min.insync.replicas").flatMap({ Int($0) }), needed > replicas
        {
            throw TargetError.unfit(
                "acks: all needs min.insync.replicas \(needed), and topic \(name) has \(replicas). "
                    + "Raise topics.replication.factor, or set acks: 1.")
        }
    }
}
