import CommitLog
import KafkaProtocol

/// A setting as DescribeConfigs shows it: the value that holds, and all sources that have one.
struct DescribedSetting {
    struct Synonym: Equatable {
        var name: String
        var value: String
        var source: ConfigSource
    }

    var name: String
    /// The one that holds first; never empty.
    var synonyms: [Synonym]
    var isReadOnly: Bool
    var type: ConfigType
    var documentation: String?

    var value: String { synonyms[0].value }
    var source: ConfigSource { synonyms[0].source }
}

/// Where the settings of topics and of the broker come from, as they are at one moment.
///
/// A topic's own value comes first, then what was altered for this broker, then for the cluster, then what
/// the broker was started with, then the default. The broker's settings without a counterpart in the
/// topics are as it was started and cannot be altered.
struct SettingSources {
    private let config: BrokerConfig
    private let directory: LogDirectoryConfig
    private let dynamic: DynamicConfig

    init(_ broker: Broker) {
        config = broker.config
        directory = broker.log.config
        dynamic = broker.log.dynamicConfig
    }

    /// All settings of a topic that has these of its own.
    func topicSettings(_ overrides: [String: String]) -> [DescribedSetting] {
        Self.topicDefaults.map { key, value in
            var synonyms: [DescribedSetting.Synonym] = []
            if let own = overrides[key] {
                synonyms.append(.init(name: key, value: own, source: .topic))
            }
            synonyms += inherited(key, kafkaDefault: value)
            let text = SettingText.ofTopics[key]
            return DescribedSetting(
                name: key, synonyms: synonyms, isReadOnly: false, type: text?.type ?? .string,
                documentation: text?.documentation)
        }
    }

    /// All settings of the broker.
    var brokerSettings: [DescribedSetting] {
        let defaults = Dictionary(
            uniqueKeysWithValues: Self.topicDefaults.map { ($0.key, $0.value) })
        let alterable = DynamicBrokerKey.all.compactMap { key -> DescribedSetting? in
            guard let value = defaults[key.topic] else { return nil }
            let text = SettingText.ofTopics[key.topic]
            return DescribedSetting(
                name: key.broker, synonyms: inherited(key.topic, kafkaDefault: value),
                isReadOnly: false, type: text?.type ?? .string, documentation: text?.documentation)
        }
        return alterable + Self.fixed(config.entries, BrokerConfig().entries)
            + Self.fixed(directory.entries, LogDirectoryConfig().entries)
    }

    /// The settings that were altered for the whole cluster.
    var clusterSettings: [DescribedSetting] {
        dynamic.cluster.sorted { $0.key < $1.key }.map { name, value in
            let text = DynamicBrokerKey.named(name).flatMap { SettingText.ofTopics[$0.topic] }
            return DescribedSetting(
                name: name,
                synonyms: [.init(name: name, value: value, source: .dynamicDefaultBroker)],
                isReadOnly: false, type: text?.type ?? .string, documentation: text?.documentation)
        }
    }

    /// The settings of a topic that sets none itself.
    private func inherited(
        _ key: String, kafkaDefault: String
    ) -> [DescribedSetting.Synonym] {
        let name = DynamicBrokerKey.all.first { $0.topic == key }?.broker
        var synonyms: [DescribedSetting.Synonym] = []
        if let name, let value = dynamic.broker[name] {
            synonyms.append(.init(name: name, value: value, source: .dynamicBroker))
        }
        if let name, let value = dynamic.cluster[name] {
            synonyms.append(.init(name: name, value: value, source: .dynamicDefaultBroker))
        }
        if let value = config.topicDefaults[key] {
            synonyms.append(.init(name: name ?? key, value: value, source: .staticBroker))
        }
        synonyms.append(.init(name: name ?? key, value: kafkaDefault, source: .defaultConfig))
        return synonyms
    }

    /// Settings that are as the broker was started.
    private static func fixed(
        _ entries: [(key: String, value: String)], _ defaults: [(key: String, value: String)]
    ) -> [DescribedSetting] {
        zip(entries, defaults).map { entry, standard in
            var synonyms: [DescribedSetting.Synonym] = [
                .init(name: standard.key, value: standard.value, source: .defaultConfig)
            ]
            if entry.value != standard.value {
                synonyms.insert(
                    .init(name: entry.key, value: entry.value, source: .staticBroker), at: 0)
            }
            return DescribedSetting(
                name: entry.key, synonyms: synonyms, isReadOnly: true, type: type(of: entry.value),
                documentation: nil)
        }
    }

    private static func type(of value: String) -> ConfigType {
        if value == "true" || value == "false" { return .boolean }
        if Int64(value) != nil { return .long }
        return Double(value) != nil ? .double : .string
    }

    /// Every key of a topic with its default value.
    static let topicDefaults: [(key: String, value: String)] =
        LogConfig().entries + InertTopicKey.all.map { ($0.name, $0.defaultValue) }
}
