import CommitLog

/// The broker settings in Kafka's metadata log that are taken over: those that can be altered here.
enum InheritedBrokerSettings {
    static func interpret(
        _ broker: [String: String], _ cluster: [String: String]
    ) -> (DynamicConfig, complaints: [String]) {
        var complaints: [String] = []
        let broker = taken(broker, of: "this broker", &complaints)
        let cluster = taken(cluster, of: "all brokers", &complaints)
        let config = DynamicConfig(
            broker: broker, cluster: cluster,
            topicDefaults: DynamicBrokerKey.topicDefaults(broker: broker, cluster: cluster),
            directory: DynamicBrokerKey.directory(broker: broker, cluster: cluster))
        return (config, complaints)
    }

    private static func taken(
        _ settings: [String: String], of whom: String, _ complaints: inout [String]
    ) -> [String: String] {
        settings.filter { key, value in
            let isTaken = isAllowed(key, value)
            // The value may be a password.
            if !isTaken { complaints.append("\(key) of \(whom) is not taken over from Kafka") }
            return isTaken
        }
    }

    private static func isAllowed(_ key: String, _ value: String) -> Bool {
        // A setting is a line of a file.
        guard DynamicBrokerKey.contains(key), !value.contains("\n") else { return false }
        return (try? DynamicBrokerKey.validate(key, value)) != nil
    }
}
