import CommitLog

/// The broker's settings that may be altered while it runs: those that say what topics have that set
/// nothing themselves. Kafka's keys in hours and minutes are not among them, there as here.
enum DynamicBrokerKey {
    static let all: [TopicDefaultName] = {
        let known = Set(SettingSources.topicDefaults.map(\.key))
        return TopicDefaultName.all.filter { $0.factor == 1 && known.contains($0.topic) }
    }()

    static func named(_ name: String) -> TopicDefaultName? { all.first { $0.broker == name } }

    /// What settings of this broker, and below them of the cluster, say of topics, under the topics' keys.
    static func topicDefaults(
        broker: [String: String], cluster: [String: String]
    ) -> [String: String] {
        var defaults: [String: String] = [:]
        for key in all {
            if let value = broker[key.broker] ?? cluster[key.broker] { defaults[key.topic] = value }
        }
        return defaults
    }
}
