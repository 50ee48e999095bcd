import CommitLog
import Measurement
import RecordFormat
import Synchronization

/// The log engine in this process, without server and network.
///
/// Batches are appended on the producer's own thread; if the topic's flush policy makes
/// acknowledgements durable, a group committer flushes and acknowledges.
public final class EmbeddedTarget: LoadTarget {
    public let partitions: [TopicPartition]
    public let dataDirectory: String?
    private let directory: LogDirectory
    private let logs: [PartitionLog]
    private let committer: GroupCommitter
    private let isTemporary: Bool

    /// Opens a log directory and creates the profile's missing topics.
    ///
    /// - Parameter isTemporary: the log is removed afterwards, so closing need not save it.
    public convenience init(
        path: String, topics: TopicSettings, isTemporary: Bool = false
    ) throws(TargetError) {
        try self.init(path: path, topics: [topics], isTemporary: isTemporary)
    }

    /// The same for the topics of several groups of producers.
    public init(
        path: String, topics: [TopicSettings], isTemporary: Bool = false
    ) throws(TargetError) {
        self.isTemporary = isTemporary
        dataDirectory = path
        do {
            directory = try LogDirectory(path: path, defaults: Self.topicDefaults)
            let existing = Set(directory.topics.map(\.name))
            for topics in topics {
                for name in topics.names where !existing.contains(name) {
                    try directory.createTopic(
                        name, partitions: topics.partitions, config: topics.config)
                }
            }
        } catch {
            throw TargetError(error)
        }
        partitions = topics.flatMap(\.partitionsByName)
        var logs: [PartitionLog] = []
        for partition in partitions {
            guard let log = directory.partition(partition) else {
                throw .failed(
                    "\(path): topic \(partition.topic) is there already, with fewer partitions than "
                        + "the profile's. Use its number, or another data.dir."
                )
            }
            logs.append(log)
        }
        self.logs = logs
        do {
            committer = try GroupCommitter(logs: logs)
        } catch {
            throw TargetError(error)
        }
    }

    /// Kafka's defaults, but deleted files are removed at once: within Kafka's minute a fast load
    /// may fill a disk with them.
    private static var topicDefaults: LogConfig {
        var defaults = LogConfig()
        defaults.fileDeleteDelayMs = 0
        return defaults
    }

    /// Faults that recovery found in an existing log directory, one line each.
    public var recoveryComplaints: [String] { directory.recovery.complaints }

    public func makeProducerSession(
        of producers: [Int], acks: Acks, completions: CompletionQueue
    ) -> any ProducerSession {
        EmbeddedProducerSession(
            logs: logs, acks: acks, committer: committer, completions: completions)
    }

    public func makeConsumerSession(
        for group: ConsumerGroupSettings, wakeup: Wakeup
    ) -> any ConsumerSession {
        EmbeddedConsumerSession(logs: logs, wakeup: wakeup)
    }

    public func prepareProducers(
        _ settings: ProducerSettings, topics: TopicSettings, numbering: BatchNumbering
    ) throws(TargetError) -> [ProducerID] {
        var ids: [ProducerID] = []
        do {
            for _ in 0..<settings.count {
                ids.append(
                    settings.enableIdempotence ? try directory.allocateProducerID() : .none)
            }
        } catch {
            throw TargetError(error)
        }
        return ids
    }

    /// An existing topic keeps its settings, so the profile's do not decide.
    public func isCompacted(_ partition: Int) -> Bool {
        directory.topic(partitions[partition].topic)?.config.cleanupPolicy.contains(.compact)
            ?? false
    }

    public func logStartOffset(of partition: Int) -> Offset { logs[partition].logStartOffset }

    public func logEndOffset(of partition: Int) -> Offset { logs[partition].logEndOffset }

    public func offsets(atUnixMillis millis: Int64) throws(TargetError) -> [Offset?] {
        do {
            return try logs.map { try $0.offset(forTimestamp: millis)?.offset }
        } catch {
            throw TargetError(error)
        }
    }

    public func timestamp(at offset: Offset, of partition: Int) -> Int64? {
        // Retention may delete the record between the sampling of the lag and this read.
        guard let slice = try? logs[partition].read(from: offset, maxBytes: 1) else { return nil }
        return try? slice.firstHeader().baseTimestamp
    }

    public func committedOffsets(of group: String) throws(TargetError) -> [Int: Offset] {
        do {
            let byPartition = try directory.committedOffsets.offsets(of: group)
            var byIndex: [Int: Offset] = [:]
            for (index, partition) in partitions.enumerated() {
                byIndex[index] = byPartition[partition]
            }
            return byIndex
        } catch {
            throw TargetError(error)
        }
    }

    public func commit(
        _ positions: [Int: Offset], of group: String
    ) throws(TargetError) -> Bool {
        do {
            var byPartition: [TopicPartition: Offset] = [:]
            for (index, position) in positions { byPartition[partitions[index]] = position }
            try directory.committedOffsets.commit(byPartition, group: group)
            return true
        } catch {
            throw TargetError(error)
        }
    }

    public var storedByteCount: UInt64 {
        logs.reduce(0) { $0 + UInt64($1.byteCount) }
    }

    public var flushCount: UInt64? {
        logs.reduce(0) { $0 + $1.flushCount }
    }

    public var backgroundFaults: [String] {
        directory.backgroundFaults.map { "background work failed: \($0)" }
    }

    public func close() throws(TargetError) {
        committer.close()
        do {
            if isTemporary {
                for topic in directory.topics { try directory.deleteTopic(topic.name) }
            }
            try directory.close()
        } catch {
            throw TargetError(error)
        }
    }
}
