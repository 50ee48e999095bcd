/// What was altered for the whole broker while it ran: Kafka's dynamic broker configs.
///
/// The log directory keeps them over a restart and goes by `topicDefaults` and `directory` alone;
/// what the other two mean is the broker's to say.
public struct DynamicConfig: Sendable, Equatable {
    /// Of this broker, under the broker's keys.
    public var broker: [String: String]
    /// Of all brokers of the cluster.
    public var cluster: [String: String]
    /// What the two say of topics that set nothing themselves, under the topics' keys.
    public var topicDefaults: [String: String]
    /// What the two say of the log directory: of `LogDirectoryConfig.dynamicKeys`.
    public var directory: [String: String]

    public init(
        broker: [String: String] = [:], cluster: [String: String] = [:],
        topicDefaults: [String: String] = [:], directory: [String: String] = [:]
    ) {
        self.broker = broker
        self.cluster = cluster
        self.topicDefaults = topicDefaults
        self.directory = directory
    }
}

/// The dynamic configuration, and what the directory has by it, and topics that set nothing
/// themselves.
struct DynamicSettings {
    let config: DynamicConfig
    let defaults: LogConfig
    let directory: LogDirectoryConfig

    init(
        _ config: DynamicConfig, over staticDefaults: LogConfig,
        _ staticDirectory: LogDirectoryConfig
    ) throws(LogError) {
        self.config = config
        defaults = try LogConfig(overrides: config.topicDefaults, defaults: staticDefaults)
        directory = try LogDirectoryConfig(
            overrides: config.directory.filter { LogDirectoryConfig.dynamicKeys.contains($0.key) },
            defaults: staticDirectory)
    }
}

/// `dynamic-config-checkpoint`: a line a setting, with whose it is. Kafka keeps these in its
/// metadata log.
enum DynamicConfigCheckpoint {
    static let fileName = "dynamic-config-checkpoint"

    private typealias Settings = WritableKeyPath<DynamicConfig, [String: String]> & Sendable

    private static let scopes: [(name: String, path: Settings)] = [
        ("broker", \.broker), ("cluster", \.cluster), ("topics", \.topicDefaults),
        ("directory", \.directory),
    ]

    /// Throws `invalidConfigValue` for a value of several lines.
    static func write(_ config: DynamicConfig, in directory: String) throws(LogError) {
        var lines: [String] = []
        for scope in scopes {
            for (key, value) in config[keyPath: scope.path].sorted(by: { $0.key < $1.key }) {
                guard !value.utf8.contains(UInt8(ascii: "\n")) else {
                    throw .invalidConfigValue(key: key, value: value, expected: "one line")
                }
                lines.append("\(scope.name) \(key) \(value)")
            }
        }
        try DurableFile.replace("\(directory)/\(fileName)", with: CheckpointText.encode(lines))
    }

    /// Empty where the file is missing, nil where it is damaged.
    static func read(in directory: String) throws(LogError) -> DynamicConfig? {
        guard let bytes = try DurableFile.read("\(directory)/\(fileName)") else {
            return DynamicConfig()
        }
        guard let lines = CheckpointText.decode(bytes, fieldCount: 3) else { return nil }
        var config = DynamicConfig()
        for line in lines {
            guard let scope = scopes.first(where: { $0.name == line[0] }) else { return nil }
            config[keyPath: scope.path][String(line[1])] = String(line[2])
        }
        return config
    }
}
