/// Broker settings from the environment, under the names that Kafka's container image gives them
/// (KIP-975): `KAFKA_NUM_PARTITIONS` is `num.partitions`.
public enum EnvironmentSettings {
    /// - Parameter environment: variables by name; those that do not begin with `KAFKA_` are not ours.
    /// - Returns: the settings, sorted by variable, each with the variable as its origin.
    public static func written(_ environment: [String: String]) -> [WrittenSetting] {
        environment.keys.filter { $0.hasPrefix(prefix) && !notSettings.contains($0) }.sorted().map {
            WrittenSetting(
                key: key(of: $0.dropFirst(prefix.count)), value: environment[$0] ?? "", origin: $0)
        }
    }

    private static let prefix = "KAFKA_"

    /// The variable of a setting.
    static func variable(for key: String) -> String {
        prefix
            + key.replacing("_", with: "__").replacing("-", with: "___").replacing(".", with: "_")
            .uppercased()
    }

    /// What starts the JVM, and its logging: the image does not hand these to the broker either.
    private static let notSettings: Set<String> = [
        "KAFKA_VERSION", "KAFKA_HEAP_OPTS", "KAFKA_OPTS", "KAFKA_JMX_OPTS", "KAFKA_JMX_PORT",
        "KAFKA_JMX_HOSTNAME", "KAFKA_JVM_PERFORMANCE_OPTS", "KAFKA_GC_LOG_OPTS", "KAFKA_LOG4J_OPTS",
        "KAFKA_LOG4J_ROOT_LOGLEVEL", "KAFKA_LOG4J_LOGGERS", "KAFKA_TOOLS_LOG4J_LOGLEVEL",
    ]

    /// One underscore is a dot, two are an underscore, three a dash.
    private static func key(of name: Substring) -> String {
        name.lowercased().replacing("___", with: "-").replacing("__", with: "\u{0}")
            .replacing("_", with: ".").replacing("\u{0}", with: "_")
    }
}
