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
    /// Nil where it has none.
    var value: String?
    /// The values set for it under any of its names, as Kafka lists them: the one in force first.
    /// Values under other names, such as one in hours, are listed only behind one under the name
    /// that takes precedence.
    var synonyms: [Synonym]
    var isReadOnly: Bool
    var type: ConfigType
    var documentation: String?

    var source: ConfigSource { synonyms.first?.source ?? .defaultConfig }
}

/// Where the settings of topics and of the broker come from, as they are at one moment.
///
/// A topic's own value comes first, then what was altered for this broker, then for the cluster,
/// then what the broker was started with, then the default. The broker's settings without a
/// counterpart in the topics are as it was started and cannot be altered.
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
        Self.topicDefaults.map { key, standard in
            var synonyms: [DescribedSetting.Synonym] = []
            if let own = overrides[key] {
                synonyms.append(.init(name: key, value: own, source: .topic))
            }
            let names = TopicDefaultName.names(of: key)
            if let first = names.first {
                synonyms += self.synonyms(of: first.broker, among: names, standard)
            }
            let text = SettingText.ofTopics[key]
            return DescribedSetting(
                name: key, value: overrides[key] ?? inherited(key, standard), synonyms: synonyms,
                isReadOnly: false, type: text?.type ?? .unknown,
                documentation: text?.documentation)
        }
    }

    /// All settings of the broker.
    var brokerSettings: [DescribedSetting] {
        let topics = Self.topicDefaults.flatMap { key, standard -> [DescribedSetting] in
            let names = TopicDefaultName.names(of: key)
            let text = SettingText.ofTopics[key]
            return names.map { name in
                let isFirst = name.broker == names.first?.broker
                let isLast = name.broker == names.last?.broker
                return DescribedSetting(
                    name: name.broker,
                    value: isFirst
                        ? inherited(key, standard)
                        : config.written[name.broker]
                            ?? (isLast ? name.brokerValue(standard) : nil),
                    synonyms: synonyms(of: name.broker, among: names, standard),
                    isReadOnly: !isFirst, type: name.type,
                    documentation: text?.documentation)
            }
        }
        let inert = InertBrokerKey.all.map { key in
            single(key.name, value: nil, standard: key.defaultValue, isReadOnly: false)
        }
        return topics + inert + fixed(directory.entries, LogDirectoryConfig().entries)
            + fixed(config.entries, BrokerConfig().entries)
    }

    /// The settings that were altered for the whole cluster.
    var clusterSettings: [DescribedSetting] {
        dynamic.cluster.sorted { $0.key < $1.key }.map { name, value in
            let text =
                DynamicBrokerKey.named(name).flatMap { SettingText.ofTopics[$0.topic] }
                ?? SettingText.ofBroker[name]
            return DescribedSetting(
                name: name, value: value,
                synonyms: [.init(name: name, value: value, source: .dynamicDefaultBroker)],
                isReadOnly: false, type: text?.type ?? .unknown,
                documentation: text?.documentation)
        }
    }

    /// The value of a topic that sets none itself.
    private func inherited(_ key: String, _ standard: String) -> String {
        if let name = TopicDefaultName.names(of: key).first?.broker,
            let altered = dynamic.broker[name] ?? dynamic.cluster[name]
        {
            return altered
        }
        return config.topicDefaults[key] ?? standard
    }

    /// The values set under any of these names, in Kafka's order, from the first one under `name`
    /// on.
    private func synonyms(
        of name: String, among names: [TopicDefaultName], _ standard: String
    ) -> [DescribedSetting.Synonym] {
        var all: [DescribedSetting.Synonym] = []
        let scopes: [([String: String], ConfigSource)] = [
            (dynamic.broker, .dynamicBroker), (dynamic.cluster, .dynamicDefaultBroker),
            (config.written, .staticBroker),
        ]
        for (values, source) in scopes {
            for candidate in names {
                guard let value = values[candidate.broker] else { continue }
                all.append(.init(name: candidate.broker, value: value, source: source))
            }
        }
        // In Kafka only the last of several names has a default.
        if let last = names.last {
            all.append(
                .init(
                    name: last.broker, value: last.brokerValue(standard), source: .defaultConfig))
        }
        return Array(all.drop { $0.name != name })
    }

    /// Settings of one name.
    private func fixed(
        _ entries: [(key: String, value: String)], _ defaults: [(key: String, value: String)]
    ) -> [DescribedSetting] {
        zip(entries, defaults).map { entry, standard in
            single(
                entry.key, value: entry.value == standard.value ? nil : entry.value,
                standard: standard.value, isReadOnly: !DynamicBrokerKey.contains(entry.key))
        }
    }

    /// `value` is what the broker was started with; nil where nothing was set or the default was.
    private func single(
        _ name: String, value: String?, standard: String, isReadOnly: Bool
    ) -> DescribedSetting {
        var synonyms: [DescribedSetting.Synonym] = []
        if let altered = dynamic.broker[name] {
            synonyms.append(.init(name: name, value: altered, source: .dynamicBroker))
        }
        if let altered = dynamic.cluster[name] {
            synonyms.append(.init(name: name, value: altered, source: .dynamicDefaultBroker))
        }
        if let written = config.written[name] ?? (synonyms.isEmpty ? value : nil) {
            synonyms.append(.init(name: name, value: written, source: .staticBroker))
        }
        if !standard.isEmpty {
            synonyms.append(.init(name: name, value: standard, source: .defaultConfig))
        }
        let current = synonyms.first?.value ?? standard
        let text = SettingText.ofBroker[name]
        if text?.type == .password {
            // As in Kafka, nobody is told it, nor where it comes from.
            return DescribedSetting(
                name: name, value: nil, synonyms: [], isReadOnly: isReadOnly, type: .password,
                documentation: text?.documentation)
        }
        return DescribedSetting(
            name: name, value: current, synonyms: synonyms, isReadOnly: isReadOnly,
            type: text?.type ?? .unknown, documentation: text?.documentation)
    }

    /// Every key of a topic with its default value.
    static let topicDefaults: [(key: String, value: String)] =
        LogConfig().entries + InertTopicKey.all.map { ($0.name, $0.defaultValue) }
}
