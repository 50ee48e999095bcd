import RecordFormat

/// Takes over topics that stand in the directory and in no topic checkpoint, since another broker
/// wrote them or the checkpoint is lost.
///
/// A KRaft node's metadata log says what they are. Of a topic that it does not know, nothing goes,
/// neither by retention nor by compaction, until somebody says otherwise; only Kafka's internal
/// topics have settings that need not be told.
struct TopicAdoption {
    let path: String
    /// What happened that somebody should look at, and what else is worth a line.
    private(set) var complaints: [String] = []
    private(set) var notes: [String] = []
    /// Topics that were taken over and leave it to the broker how long their records stay.
    private var leftToBroker: [String] = []

    init(path: String) { self.path = path }

    /// Adds what stands in the directory to the checkpoint, which nil says is damaged, and writes
    /// it where it has changed.
    mutating func run(
        on checkpoint: inout TopicCheckpoint?, from source: inout ClusterMetadataSource
    ) throws(LogError) {
        var known = checkpoint ?? TopicCheckpoint()
        // Weir 0.1.0 took it for a topic.
        known.topics[ClusterMetadataTopic.name] = nil
        let standing = try StandingTopics(in: path) { known.topics[$0] == nil }.topics
        let metadata = !standing.isEmpty || source.isNew ? readMetadata(&source) : nil
        if source.isNew, let metadata {
            addSettings(to: &known, from: metadata, wasTakenOver: source.wasTakenOver)
        }
        for (name, topic) in standing.sorted(by: { $0.key < $1.key }) {
            guard topic.isPlausible else {
                complaints.append(
                    "\(path)/\(topic.directory) is left alone: partition \(topic.partitionCount - 1) "
                        + "of a topic of which \(topic.partitions.count) stand here is none")
                continue
            }
            known.topics[name] = try entry(for: name, topic, metadata)
        }
        complainOfDefaults()
        if known != checkpoint { try known.write(in: path) }
        if source.isNew, let metadata {
            try ProducerIDAllocator.claim(below: metadata.nextProducerID, in: path)
        }
        checkpoint = known
    }

    private mutating func readMetadata(_ source: inout ClusterMetadataSource) -> ClusterMetadata? {
        do throws(LogError) {
            guard let metadata = try source.metadata() else { return nil }
            notes.append(
                "\(ClusterMetadataTopic.name) says which settings \(metadata.topicNames.count) topics "
                    + "have")
            return metadata
        } catch {
            complaints.append(
                "the settings of topics in \(ClusterMetadataTopic.name) cannot be read: \(error)")
            return nil
        }
    }

    private mutating func entry(
        for name: String, _ standing: StandingTopics.Topic, _ metadata: ClusterMetadata?
    ) throws(LogError) -> TopicCheckpoint.Entry {
        let id = try PartitionMetadata.read(in: "\(path)/\(standing.directory)")
        if let metadata, let topic = metadata.topic(name), id == nil || id == topic.id {
            let missing = (0..<Int32(topic.partitionCount)).count {
                !standing.partitions.contains($0)
            }
            if missing > 0 {
                complaints.append(
                    "\(missing) of the \(topic.partitionCount) partitions of \(name) are not in "
                        + "\(path): they begin empty")
            }
            let overrides = settings(of: name, in: metadata)
            let isDeleting = overrides["cleanup.policy"]?.contains("delete") ?? true
            if isDeleting, overrides["retention.ms"] == nil { leftToBroker.append(name) }
            return TopicCheckpoint.Entry(
                id: topic.id, partitionCount: max(topic.partitionCount, standing.partitionCount),
                overrides: overrides)
        }
        let overrides = KnownTopicSettings.ofInternalTopic(name)
        if overrides == nil {
            complaints.append(
                "nothing says what settings topic \(name) has: no record of it is deleted or compacted "
                    + "until its cleanup.policy, retention.ms and retention.bytes are set")
        } else {
            notes.append("topic \(name) has the settings that Kafka gives it")
        }
        return TopicCheckpoint.Entry(
            id: id ?? .random(), partitionCount: standing.partitionCount,
            overrides: overrides ?? KnownTopicSettings.keepingAll)
    }

    /// Kafka's own defaults were in its server.properties, and the metadata log does not have them.
    private mutating func complainOfDefaults() {
        guard let first = leftToBroker.first else { return }
        let count = leftToBroker.count
        complaints.append(
            "\(count) topic\(count == 1 ? "" : "s") that Kafka wrote (\(first)\(count == 1 ? "" : ", …")) "
                + "set no retention.ms: log.retention.ms and log.cleanup.policy of this broker hold; "
                + "start it with the server.properties that Kafka had")
    }

    /// Topics without settings of their own that Kafka knows, with settings: Weir 0.1.0 took such
    /// topics over without them, and an earlier start that could not read the metadata log let them
    /// keep everything.
    private mutating func addSettings(
        to checkpoint: inout TopicCheckpoint, from metadata: ClusterMetadata, wasTakenOver: Bool
    ) {
        for (name, entry) in checkpoint.topics.sorted(by: { $0.key < $1.key })
        where !entry.isDeleted {
            let keepsAll = entry.overrides == KnownTopicSettings.keepingAll && !wasTakenOver
            guard entry.overrides.isEmpty || keepsAll else { continue }
            guard metadata.topic(name)?.id == entry.id else { continue }
            let overrides = settings(of: name, in: metadata)
            guard !overrides.isEmpty else { continue }
            checkpoint.topics[name]?.overrides = overrides
            notes.append("topic \(name) has its settings from \(ClusterMetadataTopic.name) now")
        }
    }

    /// The settings that Kafka has of a topic, without those that cannot be had here.
    private mutating func settings(
        of name: String, in metadata: ClusterMetadata
    ) -> [String: String] {
        var overrides = metadata.settings(of: .topic(name))
        for (key, value) in overrides.sorted(by: { $0.key < $1.key }) where !isValid(key, value) {
            overrides[key] = nil
            var complaint = "topic \(name): \(key)=\(value) is not taken over from Kafka"
            if KnownTopicSettings.decidingWhatGoes.contains(key) {
                overrides.merge(KnownTopicSettings.keepingAll) { $1 }
                complaint += "; no record of it is deleted or compacted until that is set"
            }
            complaints.append(complaint)
        }
        return overrides
    }

    private func isValid(_ key: String, _ value: String) -> Bool {
        // A setting is a line of the checkpoint.
        guard !value.utf8.contains(UInt8(ascii: "\n")) else { return false }
        return (try? LogConfig(overrides: [key: value])) != nil
    }
}
