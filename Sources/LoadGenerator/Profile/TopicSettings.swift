import RecordFormat

/// The topics that a run writes to; only their names differ.
public struct TopicSettings: Hashable, Sendable {
    public var name = "weir"
    public var count = 1
    public var partitions = 1
    /// On how many brokers each partition is; nil: as many as the cluster's default says.
    public var replicationFactor: Int?
    /// Whether the topics are there already, and stay as they are.
    public var existing = false
    /// The topic keys that the profile sets, in Kafka's own units (bytes and milliseconds as plain
    /// integers); the log's defaults hold for the others.
    public var config: [String: String] = [:]

    public init() {}

    /// The topic's name itself if there is one topic, else `name-0`, `name-1`, ….
    public var names: [String] {
        count == 1 ? [name] : (0..<count).map { "\(name)-\($0)" }
    }

    /// The partitions of all topics, by topic.
    var partitionsByName: [TopicPartition] {
        names.flatMap { name in
            (0..<partitions).map { TopicPartition(topic: name, partition: Int32($0)) }
        }
    }

    /// The largest record batch that the log accepts: `max.message.bytes`, or Kafka's default.
    public var maximumMessageByteCount: Int {
        config["max.message.bytes"].flatMap { Int($0) } ?? Self.defaultMaximumMessageByteCount
    }

    /// Kafka's default of `max.message.bytes`: 1 MiB and the overhead of a log entry.
    public static let defaultMaximumMessageByteCount = 1_048_588
}
