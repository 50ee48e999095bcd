/// The topics that a run writes to, alike except for their names.
public struct TopicSettings: Hashable, Sendable {
    public var name = "weir"
    public var count = 1
    public var partitions = 1
    /// Kafka's topic keys in Kafka's own units (bytes and milliseconds as plain integers), only
    /// those that the profile sets; for the others the log's own defaults hold.
    public var config: [String: String] = [:]

    public init() {}

    /// The topic's name itself where there is one topic, else `name-0`, `name-1`, ….
    public var names: [String] {
        count == 1 ? [name] : (0..<count).map { "\(name)-\($0)" }
    }

    /// The log refuses a larger record batch: `max.message.bytes`, or Kafka's default.
    public var maximumMessageByteCount: Int {
        config["max.message.bytes"].flatMap { Int($0) } ?? Self.defaultMaximumMessageByteCount
    }

    /// Kafka's default of `max.message.bytes`: 1 MiB and the overhead of a log entry.
    public static let defaultMaximumMessageByteCount = 1_048_588
}
