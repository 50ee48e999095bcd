import RecordFormat

/// Opening a log directory: reads its checkpoints, opens every partition, several at a time.
struct DirectoryOpening: Sendable {
    /// Partitions are opened by so many threads: enough to keep a disk busy, few enough to be no
    /// load.
    private static let threadCount = 4

    let path: String
    let defaults: LogConfig
    let clock: LogClock
    let hooks: PartitionHooks
    private(set) var report = RecoveryReport()
    private(set) var topics: [String: LogDirectory.Topic] = [:]
    private(set) var recoveryPoints: [TopicPartition: Offset] = [:]
    private(set) var largestProducerID = ProducerID.none
    /// Up to where each log was compacted.
    private(set) var cleanedThrough: [TopicPartition: Offset] = [:]
    private var logStarts: [TopicPartition: Offset] = [:]

    init(
        path: String, defaults: LogConfig, clock: LogClock, hooks: PartitionHooks
    ) throws(LogError) {
        self.path = path
        self.defaults = defaults
        self.clock = clock
        self.hooks = hooks
    }

    /// `source` is what Kafka says of topics that it left.
    mutating func open(from source: inout ClusterMetadataSource) throws(LogError) {
        report.hadCleanShutdownMarker = try CleanShutdownMarker.remove(in: path)
        try MetaProperties.createIfMissing(in: path)
        recoveryPoints = try readOffsets(OffsetCheckpoint.recoveryPoint)
        logStarts = try readOffsets(OffsetCheckpoint.logStart)
        cleanedThrough = try readOffsets(OffsetCheckpoint.cleaner, takesEmptyFile: true)
        var checkpoint = try TopicCheckpoint.read(in: path)
        if checkpoint == nil { report.damagedCheckpoints.append(TopicCheckpoint.fileName) }
        try removeDeleted(&checkpoint)
        var adoption = TopicAdoption(path: path)
        try adoption.run(on: &checkpoint, from: &source)
        try ScramCheckpoint.adopt(in: path, from: &source)
        try AclCheckpoint.adopt(in: path, from: &source)
        try ClientQuotaCheckpoint.adopt(in: path, from: &source)
        try source.remember()
        report.adoptionComplaints += adoption.complaints
        report.adoptionNotes += adoption.notes
        for (name, entry) in checkpoint?.topics ?? [:] {
            let config = try LogConfig(overrides: entry.overrides, defaults: defaults)
            topics[name] = LogDirectory.Topic(
                name: name, id: entry.id, config: LiveLogConfig(config),
                overrides: entry.overrides, partitions: [])
        }
        try openPartitions(checkpoint?.topics ?? [:])
    }

    mutating func noteDamaged(_ checkpoint: String) {
        report.damagedCheckpoints.append(checkpoint)
    }

    mutating func complain(_ complaints: [String]) { report.adoptionComplaints += complaints }

    private mutating func readOffsets(
        _ name: String, takesEmptyFile: Bool = false
    ) throws(LogError) -> [TopicPartition: Offset] {
        let checkpoint = OffsetCheckpoint(path: "\(path)/\(name)")
        if let offsets = try checkpoint.read(takesEmptyFile: takesEmptyFile) { return offsets }
        report.damagedCheckpoints.append(name)
        return [:]
    }

    /// Finishes the deletions that the last process had begun.
    private func removeDeleted(_ checkpoint: inout TopicCheckpoint?) throws(LogError) {
        let deleted = checkpoint?.topics.filter { $0.value.isDeleted }.map(\.key) ?? []
        for entry in try directoryEntries(path) where entry.isDirectory {
            let topic = StandingTopics.topicPartition(entry.name)?.topic
            if entry.name.hasSuffix(LogDirectory.deletedSuffix)
                || topic.map({ deleted.contains($0) }) == true
            {
                try removeDirectoryTree("\(path)/\(entry.name)")
            }
        }
        guard !deleted.isEmpty else { return }
        for name in deleted { checkpoint?.topics[name] = nil }
        try checkpoint?.write(in: path)
    }

    private mutating func openPartitions(
        _ entries: [String: TopicCheckpoint.Entry]
    ) throws(LogError) {
        let names = entries.flatMap { name, entry in
            (0..<Int32(entry.partitionCount)).map { TopicPartition(topic: name, partition: $0) }
        }.sorted { ($0.topic, $0.partition) < ($1.topic, $1.partition) }
        try forgetOffsets(ofAllBut: Set(names))
        let opened = try openConcurrently(names, topics)
        // The directories of partitions that were missing.
        try synchronizeDirectory(path)
        var hasChanged = false
        for (partition, recovery, largestID) in opened {
            // In the order of their indexes.
            topics[partition.topicPartition.topic]?.partitions.append(partition)
            report.partitions.append(recovery)
            // The log has lost its end: what is written there now was never cleaned.
            if let cleaned = cleanedThrough[partition.topicPartition],
                cleaned > partition.logEndOffset
            {
                cleanedThrough[partition.topicPartition] = nil
            }
            let point = recoveryPoints[partition.topicPartition] ?? .zero
            if point > partition.logEndOffset || recovery.hasUnseenGaps {
                recoveryPoints[partition.topicPartition] = partition.logEndOffset
                hasChanged = true
            }
            largestProducerID = max(largestProducerID, largestID)
        }
        // Otherwise the start after the next crash would take for durable what is appended now.
        if hasChanged { try writeOffsets(recoveryPoints, OffsetCheckpoint.recoveryPoint) }
    }

    /// Forgets the offsets of partitions that are gone, as after a deletion that a crash cut short:
    /// the next topic of that name must not get them.
    private mutating func forgetOffsets(ofAllBut known: Set<TopicPartition>) throws(LogError) {
        let isKnown = { (offset: (key: TopicPartition, value: Offset)) in known.contains(offset.key)
        }
        if !recoveryPoints.allSatisfy(isKnown) {
            recoveryPoints = recoveryPoints.filter(isKnown)
            try writeOffsets(recoveryPoints, OffsetCheckpoint.recoveryPoint)
        }
        if !logStarts.allSatisfy(isKnown) {
            logStarts = logStarts.filter(isKnown)
            try writeOffsets(logStarts, OffsetCheckpoint.logStart)
        }
        if !cleanedThrough.allSatisfy(isKnown) {
            cleanedThrough = cleanedThrough.filter(isKnown)
            try writeOffsets(cleanedThrough, OffsetCheckpoint.cleaner)
        }
    }

    private func writeOffsets(
        _ offsets: [TopicPartition: Offset], _ name: String
    ) throws(LogError) {
        try OffsetCheckpoint(path: "\(path)/\(name)").write(offsets)
    }

    private typealias Opened = (PartitionLog, PartitionRecovery, ProducerID)

    /// Opens the partitions on a few threads; the results are in the order of the names.
    private func openConcurrently(
        _ names: [TopicPartition], _ topics: [String: LogDirectory.Topic]
    ) throws(LogError) -> [Opened] {
        let opening = self
        let results = concurrentMap(count: names.count, threadCount: Self.threadCount) {
            (index) throws(LogError) -> Opened in
            guard let topic = topics[names[index].topic] else {
                throw .unknownTopic(names[index].topic)
            }
            return try opening.open(names[index], topic)
        }
        var opened: [Opened] = []
        opened.reserveCapacity(results.count)
        for result in results { opened.append(try result.get()) }
        return opened
    }

    private func open(
        _ topicPartition: TopicPartition, _ topic: LogDirectory.Topic
    ) throws(LogError) -> Opened {
        let directory = "\(path)/\(topicPartition)"
        try createDirectory(directory, isDurable: false)
        let storedID = try PartitionMetadata.read(in: directory)
        if storedID == nil { try PartitionMetadata.write(topic.id, in: directory) }
        let loaded = try PartitionLoader(
            topicPartition: topicPartition, path: directory, config: topic.config.value,
            recoveryPoint: recoveryPoints[topicPartition] ?? .zero,
            checkpointedLogStart: logStarts[topicPartition],
            cleanedThrough: cleanedThrough[topicPartition] ?? .zero,
            wasClosedCleanly: report.hadCleanShutdownMarker, nowMs: clock.nowMs()
        ).load()
        let largestID = loaded.producers.producers.keys.max() ?? .none
        let recovery = loaded.recovery
        let partition = PartitionLog(
            loaded, topicPartition: topicPartition, topicID: storedID ?? topic.id,
            config: topic.config, path: directory, clock: clock, hooks: hooks)
        return (partition, recovery, largestID)
    }
}
