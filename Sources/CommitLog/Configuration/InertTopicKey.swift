/// Topic settings of Kafka's that change nothing here, and that clients commonly set: they are
/// taken, kept with the topic and shown again.
///
/// A value is taken where ignoring it breaks no promise. Where it would, only the value is taken
/// that says what happens here anyway.
public struct InertTopicKey: Sendable {
    public var name: String
    /// Kafka's default.
    public var defaultValue: String
    /// What a value must look like, for the error.
    public var expected: String
    fileprivate var isAllowed: @Sendable (String) -> Bool

    /// | key                                    | taken           | why it changes nothing
    /// |----------------------------------------|-----------------|---------------------------------
    /// | `min.insync.replicas`                  | 1 and more      | one node is all that is in sync
    /// | `unclean.leader.election.enable`       | true, false     | nothing is elected
    /// | `preallocate`                          | true, false     | space is taken ahead as it is needed
    /// | `message.format.version`               | any version     | obsolete in Kafka; batches have magic 2
    /// | `message.downconversion.enable`        | true, false     | the old fetches are not served
    /// | `leader.replication.throttled.…`       | any list        | nothing is replicated
    /// | `follower.replication.throttled.…`     | any list        | nothing is replicated
    /// | `remote.storage.enable`                | false           | there is no remote storage
    /// | `local.retention.ms`, `….bytes`        | Kafka's default | likewise
    /// | `remote.log.copy.disable`              | true, false     | likewise
    /// | `remote.log.delete.on.disable`         | true, false     | likewise
    ///
    /// The broker refuses a `min.insync.replicas` above 1 unless the operator allowed replication
    /// factors above 1: the log itself has no opinion on it.
    public static let all: [InertTopicKey] = [
        InertTopicKey(
            name: "min.insync.replicas", defaultValue: "1", expected: "a whole number, 1 or more",
            isAllowed: { Int32($0).map { $0 >= 1 } ?? false }),
        boolean("unclean.leader.election.enable", "false"),
        boolean("preallocate", "false"),
        InertTopicKey(
            name: "message.format.version", defaultValue: "3.0-IV1", expected: "a version",
            isAllowed: isVersion),
        boolean("message.downconversion.enable", "true"),
        throttled("leader.replication.throttled.replicas"),
        throttled("follower.replication.throttled.replicas"),
        fixed("remote.storage.enable", "false"),
        fixed("local.retention.ms", "-2"),
        fixed("local.retention.bytes", "-2"),
        boolean("remote.log.copy.disable", "false"),
        boolean("remote.log.delete.on.disable", "false"),
    ]

    public static func named(_ name: String) -> InertTopicKey? { byName[name] }

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// No value may be longer: it is a line of the topic checkpoint.
    private static let maximumByteCount = 32 << 10

    /// Throws `invalidConfigValue`.
    func validate(_ value: String) throws(LogError) {
        guard value.utf8.count <= Self.maximumByteCount, isAllowed(value) else {
            throw .invalidConfigValue(key: name, value: value, expected: expected)
        }
    }

    private static func boolean(_ name: String, _ defaultValue: String) -> InertTopicKey {
        InertTopicKey(
            name: name, defaultValue: defaultValue, expected: "true or false",
            isAllowed: { $0 == "true" || $0 == "false" })
    }

    private static func fixed(_ name: String, _ value: String) -> InertTopicKey {
        InertTopicKey(
            name: name, defaultValue: value, expected: "nothing but \(value)",
            isAllowed: { $0 == value })
    }

    /// `*`, or partition:broker pairs with commas between, or nothing.
    private static func throttled(_ name: String) -> InertTopicKey {
        InertTopicKey(
            name: name, defaultValue: "", expected: "* or a list such as 0:1,1:1",
            isAllowed: { text in
                text == "*" || text == "none"
                    || text.utf8.allSatisfy { (0x30...0x3A).contains($0) || $0 == 0x2C }
            })
    }

    private static func isVersion(_ text: String) -> Bool {
        guard let first = text.utf8.first, (0x30...0x39).contains(first) else { return false }
        return text.utf8.count <= 32 && text.utf8.allSatisfy(TopicName.isAllowed)
    }
}

extension LogConfig {
    /// `overrides` without the keys that change nothing here. Throws `invalidConfigValue` for a
    /// value that such a key does not take.
    static func effective(_ overrides: [String: String]) throws(LogError) -> [String: String] {
        var effective = overrides
        for (name, value) in overrides.sorted(by: { $0.key < $1.key }) {
            guard let key = InertTopicKey.named(name) else { continue }
            try key.validate(value)
            effective[name] = nil
        }
        return effective
    }
}
