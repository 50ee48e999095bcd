import CommitLog

/// The broker's settings that may be altered while it runs, as in Kafka: those that say what topics
/// have that set nothing themselves, some of the log directory, and some that change nothing here.
/// As in Kafka, the keys in hours and minutes are not among them.
enum DynamicBrokerKey {
    /// For each setting of a topic, the one of the broker's names that takes precedence.
    static let all: [TopicDefaultName] = SettingSources.topicDefaults.compactMap {
        TopicDefaultName.names(of: $0.key).first
    }

    static func named(_ name: String) -> TopicDefaultName? { all.first { $0.broker == name } }

    static func contains(_ name: String) -> Bool {
        named(name) != nil || LogDirectoryConfig.dynamicKeys.contains(name)
            || InertBrokerKey.named(name) != nil
    }

    /// Throws `invalidConfigValue` for what the setting cannot be.
    static func validate(_ name: String, _ value: String) throws(LogError) {
        if let topicKey = named(name)?.topic {
            _ = try LogConfig(overrides: [topicKey: value])
        } else if LogDirectoryConfig.dynamicKeys.contains(name) {
            _ = try LogDirectoryConfig(overrides: [name: value])
        } else if let inert = InertBrokerKey.named(name) {
            try inert.validate(value)
        }
    }

    /// What the settings of this broker, or else those of the cluster, say about topics, under the
    /// topics' keys.
    static func topicDefaults(
        broker: [String: String], cluster: [String: String]
    ) -> [String: String] {
        var defaults: [String: String] = [:]
        for key in all {
            if let value = broker[key.broker] ?? cluster[key.broker] { defaults[key.topic] = value }
        }
        return defaults
    }

    /// What the settings say about the log directory.
    static func directory(
        broker: [String: String], cluster: [String: String]
    ) -> [String: String] {
        cluster.merging(broker) { $1 }.filter { LogDirectoryConfig.dynamicKeys.contains($0.key) }
    }
}

/// A numeric setting of Kafka's that operators alter while the broker runs and that has no effect
/// here: one thread cleans, with a buffer of its own, as many threads as the machine has cores
/// serve requests, and nobody logs in by Kerberos. The value is taken, kept and shown again.
struct InertBrokerKey {
    var name: String
    /// Kafka's default.
    var defaultValue: String

    static let all = [
        InertBrokerKey(name: "log.cleaner.threads", defaultValue: "1"),
        InertBrokerKey(name: "log.cleaner.io.buffer.size", defaultValue: "524288"),
        InertBrokerKey(name: "num.io.threads", defaultValue: "8"),
        InertBrokerKey(name: "num.replica.fetchers", defaultValue: "1"),
        InertBrokerKey(name: "num.recovery.threads.per.data.dir", defaultValue: "2"),
        InertBrokerKey(name: "background.threads", defaultValue: "10"),
        InertBrokerKey(name: "sasl.kerberos.min.time.before.relogin", defaultValue: "60000"),
    ]

    static func named(_ name: String) -> InertBrokerKey? { all.first { $0.name == name } }

    func validate(_ value: String) throws(LogError) {
        guard let number = Int32(value), number >= 1 else {
            throw .invalidConfigValue(
                key: name, value: value, expected: "a whole number, 1 or more")
        }
    }
}
