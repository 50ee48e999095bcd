import CommitLog
import Foundation
import KafkaClient
import SettingKeys

/// A file of client properties such as Kafka's tools take as `--command-config`: what it says of the client,
/// also its secrets, which no profile may have.
public struct CommandConfig: Sendable {
    /// Its settings, as `--set` would take them.
    public let options: [OptionText]
    /// The settings of Kafka's that have no meaning here, by their names.
    public let ignored: [String]

    /// - Throws: every fault that was found, each with its line and its remedy.
    public init(path: String) throws(ProfileErrors) {
        guard let data = try? Data(contentsOf: URL(filePath: path)),
            let text = String(data: data, encoding: .utf8)
        else {
            throw ProfileErrors([
                ProfileError("the file cannot be read", at: Place(source: path))
            ])
        }
        try self.init(text: text, name: path)
    }

    init(text: String, name: String) throws(ProfileErrors) {
        var options: [OptionText] = []
        var ignored: [String] = []
        var errors: [ProfileError] = []
        for setting in PropertiesFile(text).settings {
            let key = setting.key
            if KafkaSettings.inProfile.contains(where: { $0.name == key }) {
                options.append(
                    OptionText(
                        "client.\(key)=\(setting.value)",
                        origin: "\(name):\(setting.line): \(key)", mayHaveSecrets: true))
            } else if ClientSettings.names.contains(key) || KafkaClientKeys.contains(key) {
                if !ignored.contains(key) { ignored.append(key) }
            } else {
                errors.append(
                    ProfileError(
                        "there is no client setting '\(key)'"
                            + (KafkaClientKeys.ofLibrdkafka[key].map { "; in Kafka it is \($0)" }
                                ?? NearestName.hint(
                                    for: key, among: KafkaSettings.inProfile.map(\.name))),
                        at: Place(source: name, line: setting.line)))
            }
        }
        guard errors.isEmpty else { throw ProfileErrors(errors) }
        self.options = options
        self.ignored = ignored
    }

    /// The settings by the client's names.
    public var settings: [String: String] {
        var settings: [String: String] = [:]
        for option in options {
            let text = option.text.dropFirst("client.".count)
            guard let equals = text.firstIndex(of: "=") else { continue }
            settings[String(text[..<equals])] = String(text[text.index(after: equals)...])
        }
        return settings
    }
}

/// Settings of Kafka's Java clients that mean nothing to Weir's client.
enum KafkaClientKeys {
    static func contains(_ key: String) -> Bool {
        names.contains(key) || prefixes.contains { key.hasPrefix($0) }
    }

    private static let names: Set<String> = [
        "auto.include.jmx.reporter", "batch.size", "buffer.memory", "client.dns.lookup",
        "client.rack", "compression.type", "compression.gzip.level", "compression.lz4.level",
        "compression.zstd.level", "enable.metrics.push", "exclude.internal.topics",
        "group.protocol", "group.remote.assignor", "isolation.level", "interceptor.classes",
        "key.deserializer", "key.serializer", "linger.ms", "max.block.ms", "metadata.max.idle.ms",
        "metric.reporters", "metrics.num.samples", "metrics.recording.level",
        "metrics.sample.window.ms", "partitioner.adaptive.partitioning.enable",
        "partitioner.availability.timeout.ms", "partitioner.class", "partitioner.ignore.keys",
        "retries", "security.providers", "socket.connection.setup.timeout.max.ms",
        "ssl.protocol", "ssl.provider", "ssl.keymanager.algorithm", "ssl.trustmanager.algorithm",
        "ssl.engine.factory.class", "ssl.secure.random.implementation",
        "throw.on.fetch.stable.offset.unsupported", "transaction.timeout.ms", "transactional.id",
        "transaction.two.phase.commit.enable", "value.deserializer", "value.serializer",
        "max.poll.records", "bootstrap.controllers", "default.list.consumer.offsets.timeout.ms",
    ]

    private static let prefixes = [
        "sasl.kerberos.", "sasl.login.", "sasl.oauthbearer.assertion.", "sasl.oauthbearer.clock.",
        "sasl.oauthbearer.expected.", "sasl.oauthbearer.header.", "sasl.oauthbearer.jwks.",
        "sasl.oauthbearer.jwt.", "sasl.oauthbearer.scope.claim.", "sasl.oauthbearer.sub.claim.",
        "confluent.",
        "sasl.client.callback.handler.class",
    ]

    /// What settings of librdkafka are called in Kafka.
    static let ofLibrdkafka = [
        "ssl.ca.location": "ssl.truststore.location (with ssl.truststore.type=PEM)",
        "ssl.certificate.location": "ssl.keystore.location, a PEM file of key and certificates",
        "ssl.key.location": "ssl.keystore.location, a PEM file of key and certificates",
        "sasl.mechanisms": "sasl.mechanism", "sasl.username": "sasl.jaas.config",
        "sasl.password": "sasl.jaas.config",
    ]
}
