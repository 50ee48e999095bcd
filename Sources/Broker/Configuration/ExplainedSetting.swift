import CommitLog
import KafkaProtocol
import SettingKeys

/// A setting that the broker knows, as `weir serve --explain` prints it.
public struct ExplainedSetting: Sendable {
    /// What a setting belongs to, in the order of the list.
    public enum Part: String, CaseIterable, Sendable {
        case network = "Broker: addresses, network and limits"
        case topics = "Topics, for all that set nothing themselves"
        case groups = "Groups and their offsets"
        case transactions = "Transactions"
        case directory = "Log directory"
        case topic = "A topic's own settings"
    }

    public let part: Part
    public let name: String
    /// Kafka's word: boolean, int, long, double, string or list.
    public let type: String
    /// The values that are allowed.
    public let form: String
    /// Empty where there is none.
    public let defaultValue: String
    public let meaning: String
    /// Whether AlterConfigs changes it while the broker runs.
    public let isAlterable: Bool

    /// Every setting, in the order of its part.
    public static let all: [ExplainedSetting] = ofBroker + topicDefaults + ofDirectory + ofTopics

    private static let ofBroker: [ExplainedSetting] = {
        let standard = BrokerConfig()
        return BrokerConfig.keys.map { key in
            ExplainedSetting(
                part: part(of: key.name), key, default: key.read(standard),
                meaning: BrokerSettingText.of[key.name] ?? "", isAlterable: false)
        }
    }()

    private static let ofDirectory: [ExplainedSetting] =
        LogDirectoryConfig.keys.map { key in
            ExplainedSetting(
                part: .directory, key, default: key.read(LogDirectoryConfig()),
                meaning: BrokerSettingText.of[key.name] ?? "",
                isAlterable: LogDirectoryConfig.dynamicKeys.contains(key.name))
        }
        + InertBrokerKey.all.map { key in
            ExplainedSetting(
                part: .directory, name: key.name, type: "int", form: "a whole number, 1 or more",
                defaultValue: key.defaultValue, meaning: BrokerSettingText.of[key.name] ?? "",
                isAlterable: true)
        }

    /// The broker's names for topics' settings.
    private static let topicDefaults: [ExplainedSetting] = TopicDefaultName.all.compactMap { name in
        guard let topic = ofTopics.first(where: { $0.name == name.topic }) else { return nil }
        let first = TopicDefaultName.names(of: name.topic).first?.broker
        return ExplainedSetting(
            part: .topics, name: name.broker, type: topic.type, form: topic.form,
            defaultValue: name.brokerValue(topic.defaultValue),
            meaning: "\(topic.name) of topics without it."
                + (first == name.broker ? "" : " \(first ?? "") takes precedence."),
            isAlterable: first == name.broker)
    }

    private static let ofTopics: [ExplainedSetting] =
        LogConfig.keys.map { key in
            let text = SettingText.ofTopics[key.name]
            return ExplainedSetting(
                part: .topic, name: key.name, type: text?.type.word ?? "string",
                form: key.expected, defaultValue: key.read(LogConfig()),
                meaning: text?.documentation ?? "", isAlterable: true)
        }
        + InertTopicKey.all.map { key in
            let text = SettingText.ofTopics[key.name]
            return ExplainedSetting(
                part: .topic, name: key.name, type: text?.type.word ?? "string",
                form: key.expected, defaultValue: key.defaultValue,
                meaning: text?.documentation ?? "", isAlterable: true)
        }

    private static func part(of name: String) -> Part {
        if name.contains("group.") || name.contains("groups.") || name.hasPrefix("offset") {
            return .groups
        }
        if name.hasPrefix("transaction") { return .transactions }
        let ofTopics: Set = [
            "num.partitions", "auto.create.topics.enable", "delete.topic.enable",
            "default.replication.factor", "weir.accept.any.replication.factor",
        ]
        return ofTopics.contains(name) ? .topics : .network
    }

    private init<Config>(
        part: Part, _ key: ConfigKey<Config>, default defaultValue: String, meaning: String,
        isAlterable: Bool
    ) {
        let isNumber =
            key.expected.hasPrefix("a whole number") || key.expected.hasPrefix("a number")
        let type: String =
            if key.expected == "true or false" {
                "boolean"
            } else if isNumber {
                key.expected.hasPrefix("a number") ? "double" : "long"
            } else {
                key.expected.contains("commas") ? "list" : "string"
            }
        self.init(
            part: part, name: key.name, type: type, form: key.expected, defaultValue: defaultValue,
            meaning: meaning, isAlterable: isAlterable)
    }

    private init(
        part: Part, name: String, type: String, form: String, defaultValue: String,
        meaning: String, isAlterable: Bool
    ) {
        self.part = part
        self.name = name
        self.type = type
        self.form = form
        self.defaultValue = defaultValue
        self.meaning = meaning
        self.isAlterable = isAlterable
    }
}

extension KafkaProtocol.ConfigType {
    /// Kafka's word for it.
    fileprivate var word: String {
        switch self {
        case .boolean: "boolean"
        case .int: "int"
        case .long: "long"
        case .double: "double"
        case .list: "list"
        default: "string"
        }
    }
}
