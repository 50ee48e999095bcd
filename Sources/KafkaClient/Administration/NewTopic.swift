/// A topic to be created.
public struct NewTopic: Sendable {
    public var name: String
    /// Nil: the broker's default.
    public var partitionCount: Int32?
    /// Nil: the broker's default.
    public var replicationFactor: Int16?
    /// Under Kafka's names, such as `retention.ms`.
    public var configs: [String: String]

    public init(
        _ name: String, partitionCount: Int32? = nil, replicationFactor: Int16? = nil,
        configs: [String: String] = [:]
    ) {
        self.name = name
        self.partitionCount = partitionCount
        self.replicationFactor = replicationFactor
        self.configs = configs
    }
}
