import KafkaClient
import KafkaProtocol
import RecordFormat

/// The topics of a run in a cluster: made, or found, and checked against the profile.
struct KafkaTopics {
    private let profile: Profile
    private let administrator: Administrator
    private let created: CreatedTopics
    private let clusterID: String

    /// Those of the profile's topics, and then those that only consumers use.
    private(set) var partitions: [TopicPartition] = []
    private(set) var producedPartitionCount = 0
    /// The names of topics that are compacted.
    private(set) var compacted: Set<String> = []

    init(
        preparing profile: Profile, with administrator: Administrator, created: CreatedTopics
    ) async throws {
        self.profile = profile
        self.administrator = administrator
        self.created = created
        clusterID = try await administrator.describeCluster().clusterID ?? ""
        let there = Set(try await administrator.topicNames().map(\.name))
        for topics in profile.producedTopics {
            let loads = profile.loads.map(\.profile).filter { $0.topics == topics }
            for name in topics.names {
                let topic =
                    topics.existing
                    ? try await find(name, among: there)
                    : try await create(name, topics, besides: there)
                try await checkRights(to: name, isProduced: !profile.onlyConsumes)
                let settings = await configs(of: name)
                if settings["cleanup.policy"]?.contains("compact") == true {
                    compacted.insert(name)
                }
                for load in loads where !profile.onlyConsumes {
                    try Self.checkLimits(of: name, topic, settings, load)
                }
                add(topic, name)
            }
        }
        producedPartitionCount = partitions.count
        for name in profile.topicsOfOthers {
            let topic = try await find(name, among: there)
            try await checkRights(to: name, isProduced: false)
            add(topic, name)
        }
        guard partitions.count <= Profile.maximumPartitions else {
            throw TargetError.unfit(
                "\(partitions.count) partitions in all, at most \(Profile.maximumPartitions)")
        }
    }

    private mutating func add(_ topic: TopicMetadata, _ name: String) {
        partitions += (0..<Int32(topic.partitionCount)).map {
            TopicPartition(topic: name, partition: $0)
        }
    }

    private func find(_ name: String, among there: Set<String>) async throws -> TopicMetadata {
        guard there.contains(name) else {
            throw TargetError.unfit(
                "the cluster has no topic \(name). Create it"
                    + (profile.producedTopics.contains(where: { $0.names.contains(name) })
                        ? ", or remove topics.existing, so that the run does." : "."))
        }
        return try await administrator.readyTopic(name)
    }

    private func create(
        _ name: String, _ topics: TopicSettings, besides there: Set<String>
    ) async throws -> TopicMetadata {
        let operation = "create the topic \(name)"
        guard !there.contains(name) else {
            throw AdministrationError(operation, .topicAlreadyExists)
        }
        try created.willCreate(name, in: clusterID, by: administrator)
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

    /// The topic's settings; empty where the broker does not tell: then the first batch shows what it
    /// refuses.
    private func configs(of name: String) async -> [String: String] {
        // All of them: Tansu 0.6 cannot decode a request that names some, and closes the connection.
        let entries = (try? await administrator.topicConfigs(name)) ?? []
        return entries.reduce(into: [:]) { $0[$1.name] = $1.value }
    }

    /// What every batch would be refused for.
    private static func checkLimits(
        of name: String, _ topic: TopicMetadata, _ configs: [String: String], _ load: Profile
    ) throws(TargetError) {
        let producers = load.producers
        if let limit = configs["max.message.bytes"].flatMap({ Int($0) }) {
            let largest = max(
                producers.batchSize,
                (load.payload.size?.maximum ?? 0) + ProducerSettings.largestRecordOverhead)
            guard largest <= limit else {
                throw TargetError.unfit(
                    "topic \(name) takes batches of at most max.message.bytes \(limit), and the "
                        + "profile's may have \(largest) bytes. Lower batch.size, or raise "
                        + "max.message.bytes of the topic.")
            }
        }
        if producers.acks == .all, let needed = configs["min.insync.replicas"].flatMap({ Int($0) }),
            let refusal = Self.refusal(
                of: name, needed: needed, replicas: topic.replicas.values.map(\.count).min(),
                inSync: topic.inSyncReplicas.values.map(\.count).min())
        {
            throw refusal
        }
    }

    /// Why no batch would be acknowledged with acks all; nil if it would.
    ///
    /// - Parameters:
    ///   - needed: `min.insync.replicas` of the topic.
    ///   - replicas: of the partition with the fewest; 0 or nil where they are not known.
    static func refusal(
        of name: String, needed: Int, replicas: Int?, inSync: Int?
    ) -> TargetError? {
        if let replicas, replicas > 0, replicas < needed {
            return .unfit(
                "acks: all needs min.insync.replicas \(needed), and topic \(name) has \(replicas). "
                    + "Raise topics.replication.factor, or set acks: 1.")
        }
        if let inSync, inSync > 0, inSync < needed {
            return .failed(
                "acks: all needs min.insync.replicas \(needed), and a partition of topic \(name) has only "
                    + "\(inSync) in sync. Start the brokers that are missing, or set acks: 1.")
        }
        return nil
    }

    /// What the run would be refused for later. Not every broker tells its clients' rights.
    private func checkRights(to name: String, isProduced: Bool) async throws {
        guard let allowed = try? await administrator.operations(on: name) else { return }
        let needed: [(TopicOperations, String, Bool)] = [
            (.write, "write to", isProduced),
            (.read, "read", !profile.consumers.isEmpty),
        ]
        for (operation, words, isNeeded) in needed where isNeeded && !allowed.contains(operation) {
            throw TargetError.failed(
                "the user of this client may not \(words) topic \(name). Give it the right, or load "
                    + "another topic.")
        }
    }
}
