import CommitLog
import KafkaProtocol
import Security

/// A setting that the broker knows, as `weir serve --explain` prints it.
public struct ExplainedSetting: Sendable {
    /// What a setting belongs to, in the order of the list.
    public enum Part: String, CaseIterable, Sendable {
        case network = "Broker: addresses, network and limits"
        case security =
            "TLS and logins. Of one listener alone under listener.name.NAME., with its name in lower case"
        case authorization = "Who may do what"
        case topics = "Topics, for all that set nothing themselves"
        case groups = "Groups and their offsets"
        case transactions = "Transactions"
        case directory = "Log directory"
        case topic = "A topic's own settings"
    }

    public let part: Part
    public let name: String
    /// Kafka's word: BOOLEAN, INT, LONG, DOUBLE, STRING, LIST or PASSWORD.
    public let type: String
    /// The values that are allowed.
    public let form: String
    /// Empty where there is none.
    public let defaultValue: String
    public let meaning: String
    /// Whether AlterConfigs changes it while the broker runs.
    public let isAlterable: Bool

    /// Every setting, in the order of its part.
    public static let all: [ExplainedSetting] =
        ofBroker + ofOneListener + topicDefaults + ofDirectory + ofTopics

    private static let ofBroker: [ExplainedSetting] = {
        let standard = BrokerConfig()
        return BrokerConfig.keys.map { key in
            ExplainedSetting(
                part: part(of: key.name), name: key.name, SettingText.ofBroker[key.name],
                form: key.expected, defaultValue: key.read(standard), isAlterable: false)
        }
    }()

    private static let ofOneListener: [ExplainedSetting] =
        ListenerSecurity.ofOneListener.map {
            ExplainedSetting(
                part: .security, name: "\(BrokerConfig.listenerPrefix)NAME.\($0.key.name)",
                .text(of: $0), form: $0.key.expected, defaultValue: $0.key.read(ListenerSecurity()),
                isAlterable: false)
        }
        + ListenerLimits.keys.map {
            ExplainedSetting(
                part: .security, name: "\(BrokerConfig.listenerPrefix)NAME.\($0.name)",
                ListenerLimits.texts[$0.name], form: $0.expected,
                defaultValue: $0.read(ListenerLimits()), isAlterable: false)
        }

    private static let ofDirectory: [ExplainedSetting] =
        LogDirectoryConfig.keys.map { key in
            ExplainedSetting(
                part: .directory, name: key.name, SettingText.ofBroker[key.name],
                form: key.expected, defaultValue: key.read(LogDirectoryConfig()),
                isAlterable: LogDirectoryConfig.dynamicKeys.contains(key.name))
        }
        + InertBrokerKey.all.map { key in
            ExplainedSetting(
                part: .directory, name: key.name, SettingText.ofBroker[key.name],
                form: "a whole number, 1 or more", defaultValue: key.defaultValue,
                isAlterable: true)
        }

    /// The broker's names for topics' settings.
    private static let topicDefaults: [ExplainedSetting] = TopicDefaultName.all.compactMap { name in
        guard let topic = ofTopics.first(where: { $0.name == name.topic }) else { return nil }
        let first = TopicDefaultName.names(of: name.topic).first?.broker
        let meaning =
            "\(topic.name) of topics without it."
            + (first == name.broker ? "" : " \(first ?? "") takes precedence.")
        return ExplainedSetting(
            part: .topics, name: name.broker, SettingText(name.type, meaning),
            form: name.brokerForm(topic.form),
            defaultValue: name.brokerValue(topic.defaultValue), isAlterable: first == name.broker)
    }

    private static let ofTopics: [ExplainedSetting] =
        LogConfig.keys.map { key in
            ExplainedSetting(
                part: .topic, name: key.name, SettingText.ofTopics[key.name], form: key.expected,
                defaultValue: key.read(LogConfig()), isAlterable: true)
        }
        + InertTopicKey.all.map { key in
            ExplainedSetting(
                part: .topic, name: key.name, SettingText.ofTopics[key.name], form: key.expected,
                defaultValue: key.defaultValue, isAlterable: true)
        }

    private static func part(of name: String) -> Part {
        if name.contains("group.") || name.contains("groups.") || name.hasPrefix("offset") {
            return .groups
        }
        if name.hasPrefix("transaction") { return .transactions }
        if SettingText.ofAuthorization[name] != nil { return .authorization }
        if SettingText.ofSecurity[name] != nil || name.hasPrefix("sasl.")
            || name.contains("authentication")
        {
            return .security
        }
        let ofTopics: Set = [
            "num.partitions", "auto.create.topics.enable", "delete.topic.enable",
            "default.replication.factor", "weir.accept.any.replication.factor",
        ]
        return ofTopics.contains(name) ? .topics : .network
    }

    /// Without a text the type is UNKNOWN, as in Kafka, and a test fails.
    private init(
        part: Part, name: String, _ text: SettingText?, form: String, defaultValue: String,
        isAlterable: Bool
    ) {
        self.part = part
        self.name = name
        self.type = (text?.type ?? .unknown).word
        self.form = form
        self.defaultValue = defaultValue
        self.meaning = text?.documentation ?? ""
        self.isAlterable = isAlterable
    }
}

extension KafkaProtocol.ConfigType {
    /// Kafka's word for it.
    fileprivate var word: String {
        switch self {
        case .boolean: "BOOLEAN"
        case .string: "STRING"
        case .int: "INT"
        case .short: "SHORT"
        case .long: "LONG"
        case .double: "DOUBLE"
        case .list: "LIST"
        case .class: "CLASS"
        case .password: "PASSWORD"
        default: "UNKNOWN"
        }
    }
}
