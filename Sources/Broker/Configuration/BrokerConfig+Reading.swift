import CommitLog
import SettingKeys

/// A setting as someone wrote it, and where.
public struct WrittenSetting: Sendable, Equatable {
    public var key: String
    public var value: String
    /// The place for errors: `server.properties:12`, `--set`.
    public var origin: String

    public init(key: String, value: String, origin: String) {
        self.key = key
        self.value = value
        self.origin = origin
    }
}

/// Why settings are invalid, with the place and the remedy.
public struct BrokerConfigError: Error, Equatable, Sendable, CustomStringConvertible {
    public var origin: String
    public var reason: String

    public init(origin: String, reason: String) {
        self.origin = origin
        self.reason = reason
    }

    public var description: String { origin.isEmpty ? reason : "\(origin): \(reason)" }
}

extension BrokerConfig {
    /// The settings that a properties file holds; `name` is what errors call it.
    public static func settings(inFile text: String, named name: String) -> [WrittenSetting] {
        PropertiesFile(text).settings.map {
            WrittenSetting(key: $0.key, value: $0.value, origin: "\(name):\($0.line)")
        }
    }

    /// The defaults with `settings` over them, later ones over earlier ones. Returns with it a
    /// warning for each setting of Kafka's that means nothing here.
    public static func reading(
        _ settings: [WrittenSetting]
    ) throws(BrokerConfigError) -> (config: BrokerConfig, warnings: [String]) {
        var config = BrokerConfig()
        var warnings: [String] = []
        for setting in settings {
            try refuseSecret(onCommandLine: setting)
            if setting.key.hasPrefix(listenerPrefix) { continue }
            if !isSecret(setting.key) { config.written[setting.key] = setting.value }
            if let key = keys.first(where: { $0.name == setting.key }) {
                guard key.write(&config, setting.value) else {
                    throw setting.invalid(key.expected)
                }
            } else if directoryKeys.contains(setting.key) {
                config.directorySettings[setting.key] = setting.value
                do throws(LogError) {
                    _ = try LogDirectoryConfig(overrides: [setting.key: setting.value])
                } catch {
                    throw BrokerConfigError(origin: setting.origin, reason: error.description)
                }
            } else if topicDefaultNames.contains(setting.key) {
                // Applied below: where two names stand for one setting, their order does not decide
                // which of them holds.
                continue
            } else if KafkaOnlyKeys.contains(setting.key) {
                warnings.append("\(setting.origin): \(setting.key) has no meaning here")
            } else {
                throw setting.unknown
            }
        }
        try config.applyTopicDefaults(settings)
        let place = settings.last { $0.key == "listeners" }?.origin ?? "listeners"
        warnings += config.leaveOutControllers().map { "\(place): \($0)" }
        warnings += try config.applyListenerSettings(settings)
        warnings += config.clientAuthWarnings()
        try config.validateListeners()
        try config.validateAdminListener()
        try config.validate()
        return (config, warnings)
    }

    private mutating func applyTopicDefaults(
        _ settings: [WrittenSetting]
    ) throws(BrokerConfigError) {
        for name in TopicDefaultName.all {
            guard let setting = settings.last(where: { $0.key == name.broker }) else { continue }
            guard let value = name.topicValue(setting.value) else {
                throw setting.invalid("a whole number")
            }
            do throws(LogError) {
                _ = try LogConfig(overrides: [name.topic: value])
            } catch .invalidConfigValue(_, _, let expected) {
                throw setting.invalid(expected)
            } catch {
                throw setting.unknown
            }
            topicDefaults[name.topic] = value
        }
    }

    /// Checks settings against each other.
    private func validate() throws(BrokerConfigError) {
        if queuedMaxRequestBytes < socketRequestMaxBytes {
            throw BrokerConfigError(
                origin: "queued.max.request.bytes",
                reason: "\(queuedMaxRequestBytes) is less than socket.request.max.bytes, "
                    + "\(socketRequestMaxBytes): such a request could never be received")
        }
        try validateGroups()
        if defaultReplicationFactor > 1, !acceptsAnyReplicationFactor {
            throw BrokerConfigError(
                origin: "default.replication.factor",
                reason: "one node keeps one copy: set it to 1, or "
                    + "weir.accept.any.replication.factor=true")
        }
    }

    private static let directoryKeys = Set(
        LogDirectoryConfig().entries.map(\.key))

    private static let topicDefaultNames: Set<String> = {
        let known = Set(LogConfig().entries.map(\.key) + InertTopicKey.all.map(\.name))
        return Set(TopicDefaultName.all.filter { known.contains($0.topic) }.map(\.broker))
    }()

    fileprivate static let allNames =
        keys.map(\.name) + directoryKeys.sorted() + topicDefaultNames.sorted()
}

extension WrittenSetting {
    func invalid(_ expected: String) -> BrokerConfigError {
        BrokerConfigError(
            origin: origin,
            reason: (BrokerConfig.isSecret(key) ? key : "\(key)=\(value)")
                + " is not allowed: expected \(expected)"
                + (Self.haveAddresses.contains(key) ? WrongPort.hint(in: value) : ""))
    }

    private static let haveAddresses = ["listeners", "advertised.listeners"]

    fileprivate var unknown: BrokerConfigError {
        BrokerConfigError(
            origin: origin,
            reason: "there is no setting '\(key)'"
                + NearestName.hint(for: key, among: BrokerConfig.allNames))
    }
}
