/// A client whose defaults a load takes for what its profile does not set, so that a rehearsal batches
/// as a program with that client does.
public enum Personality: String, CaseIterable, Hashable, Sendable {
    /// Kafka's own client, of 3.3 to 3.9.
    case java3 = "java-3"
    /// Kafka's own client, from 4.0 on.
    case java4 = "java-4"
    case librdkafka
    case franzGo = "franz-go"
    case sarama

    /// A default of the client.
    public struct Value: Hashable, Sendable {
        /// The setting's name after `--set`; of every consumer group where it is `consumers.*.…`.
        public let setting: String
        /// As a profile has it.
        public let text: String
        /// Where the client has it, and how it differs, if it does.
        public let source: String
    }

    /// What is the same with and without keys.
    public var values: [Value] { producing + consuming }

    /// The partitioner where it is not Weir's default: `key` for records with keys, else `sticky`.
    var partitionerWithoutKeys: Value? {
        self != .sarama
            ? nil
            : Value(
                setting: "producers.partitioner", text: "round-robin",
                source: "NewHashPartitioner takes a random partition for each record without a key")
    }
}

extension Personality {
    private var producing: [Value] {
        switch self {
        case .java3: java(lingerMillis: 0, "ProducerConfig.java, 3.9")
        case .java4: java(lingerMillis: 5, "ProducerConfig.java, 4.0; linger.ms by KIP-1030")
        case .librdkafka:
            producing(
                "CONFIGURATION.md, 2.11", batchSize: "1000000B", linger: "5ms", acks: "all",
                inFlight: "1000", request: "1000000", timeout: "300s")
                + [
                    Value(
                        setting: SettingName.idempotence, text: "false",
                        source: "CONFIGURATION.md, 2.11")
                ]
        case .franzGo:
            // With idempotence 5 requests are in flight, whatever maxProduceInflight is.
            producing(
                "kgo/config.go, defaultCfg, 1.21", batchSize: "1000012B", linger: "10ms",
                compression: "snappy", acks: "all", inFlight: "5", request: "104857600",
                timeout: nil)
        case .sarama:
            producing(
                "config.go, NewConfig, 1.50; without Flush settings nothing lingers",
                batchSize: "1MiB", linger: "0ms", acks: "1", inFlight: "5", request: "104857600",
                timeout: nil)
        }
    }

    private func java(lingerMillis: Int, _ source: String) -> [Value] {
        producing(
            source, batchSize: "16KiB", linger: "\(lingerMillis)ms", acks: "all", inFlight: "5",
            request: "1048576", timeout: "120s")
    }

    /// - Parameter timeout: nil where the client has none for a record.
    private func producing(
        _ source: String, batchSize: String, linger: String, compression: String = "none",
        acks: String, inFlight: String, request: String, timeout: String?
    ) -> [Value] {
        let texts: [(String, String?)] = [
            (SettingName.batchSize, batchSize), (SettingName.linger, linger),
            (SettingName.compressionType, compression), (SettingName.acks, acks),
            (SettingName.maxInFlight, inFlight), ("client.max.request.size", request),
            (SettingName.deliveryTimeout, timeout),
        ]
        return texts.compactMap { setting, text in
            let isBounded = self == .librdkafka && setting == SettingName.maxInFlight
            return text.map {
                Value(
                    setting: setting, text: $0,
                    source: source + (isBounded ? ": 1000000, and at most 1000 here" : ""))
            }
        }
    }

    private var consuming: [Value] {
        let (source, waitMillis, commit) =
            switch self {
            case .java3, .java4: ("ConsumerConfig.java", 500, "5s")
            case .librdkafka: ("CONFIGURATION.md, 2.11", 500, "5s")
            case .franzGo: ("kgo/config.go, defaultCfg, 1.21", 5000, "5s")
            case .sarama: ("config.go, NewConfig, 1.50", 500, "1s")
            }
        return [
            ("client.fetch.min.bytes", "1"), ("client.fetch.max.bytes", "52428800"),
            ("client.fetch.max.wait.ms", "\(waitMillis)"),
            ("consumers.*.config.max.partition.fetch.bytes", "1MiB"),
            ("consumers.*.config.auto.commit.interval.ms", commit),
        ].map { Value(setting: $0, text: $1, source: source) }
    }
}
